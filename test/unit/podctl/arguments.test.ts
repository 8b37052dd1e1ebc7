import { expect, test } from 'vitest'
import { parseCall } from '../../../scripts/podctl/arguments.ts'
import { PodctlError } from '../../../scripts/podctl/exit-codes.ts'

const command = (name: string, positionals: readonly string[], options: object) => ({
  type: 'command',
  name,
  positionals,
  options,
})

const calls: readonly (readonly [string, object])[] = [
  ['status', command('status', [], {})],
  ['status --json', command('status', [], { json: true })],
  ['stop trainer --force', command('stop', ['trainer'], { force: true })],
  ['--force stop trainer', command('stop', ['trainer'], { force: true })],
  ['logs', command('logs', [], {})],
  ['logs trainer -n 5', command('logs', ['trainer'], { lines: '5' })],
  ['logs -n5 trainer', command('logs', ['trainer'], { lines: '5' })],
  ['ready --url http://a/ --token x', command('ready', [], { url: 'http://a/', token: 'x' })],
  ['model use best.pt', command('model', ['use', 'best.pt'], {})],
  ['flush --deadline 60', command('flush', [], { deadline: '60' })],
  ['artifacts --json', command('artifacts', [], { json: true })],
  ['why --dry-run', command('why', [], { 'dry-run': true })],
  ['hold 2h --why lunch', command('hold', ['2h'], { why: 'lunch' })],
  ['release', command('release', [], {})],
  ['cost --json', command('cost', [], { json: true })],
  ['help', { type: 'help' }],
  ['help status', { type: 'help' }],
  ['stop --help', { type: 'help' }],
  ['-h', { type: 'help' }],
  ['--version', { type: 'version' }],
]

test.each(calls)('parseCall() understands %j', (words, expected) => {
  expect(parseCall(words.split(' '))).toEqual(expected)
})

const misuses: readonly (readonly [string, string])[] = [
  ['', 'podctl needs a command'],
  ['stauts', 'there is no command "stauts", but there is "status"'],
  ['frobnicate', 'there is no command "frobnicate".'],
  ['toString', 'there is no command "toString"'],
  ['stop', 'podctl stop needs the name of a service'],
  ['hold', 'podctl hold needs a time, such as 30m or 2h'],
  ['hold 2h lunch', 'podctl hold does not take "lunch"'],
  ['cost --dry-run', 'podctl cost has no option --dry-run'],
  ['stop a b', 'podctl stop does not take "b"'],
  ['model use a b', 'podctl model does not take "b"'],
  ['ready now', 'podctl ready does not take "now"'],
  ['ready --force', 'podctl ready has no option --force'],
  ['artifacts --deadline 5', 'podctl artifacts has no option --deadline'],
  ['status -n 5', 'podctl status has no option -n'],
  ['status --jsn', "Unknown option '--jsn'"],
  ['logs -n', "Option '-n, --lines <value>' argument missing"],
]

test.each(misuses)('parseCall() refuses %j with exit 2', (words, sentence) => {
  const call = () => parseCall(words.split(' ').filter(Boolean))
  expect(call).toThrow(sentence)
  expect(call).toThrow(expect.objectContaining({ exitCode: 2 }))
  expect(call).toThrow(PodctlError)
})
