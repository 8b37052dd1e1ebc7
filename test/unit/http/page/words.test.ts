import { expect, test } from 'vitest'
import { pageModule } from '../../../fixtures/page/page-module.ts'

const format = await pageModule('core/format.js')
const { addressOfPort, jupyterAddress, sshCommand } = await pageModule('connect/addresses.js')
const { withEvent } = await pageModule('events/event-list.js')
const { jobsView } = await pageModule('training/jobs-view.js')
const { runName, summaryView } = await pageModule('training/summary-view.js')
const { sparkline } = await pageModule('machine/sparkline.js')

test.each([
  ['duration', 400, '0 s'],
  ['duration', 61_000, '1 min 1 s'],
  ['duration', 3_900_000, '1 h 05 min'],
  ['duration', 90_000_000, '1 d 1 h'],
  ['duration', -5, '0 s'],
  ['countdown', 3_664_000, '1:01:04'],
  ['countdown', -1, '0:00'],
  ['bytes', 0, '0 B'],
  ['bytes', 999, '999 B'],
  ['bytes', 96_400_000, '96.4 MB'],
  ['money', 0.0042, '$0.0042'],
  ['money', 1234.5, '$1,234.50'],
  ['figure', 0.000031, '3.1e-5'],
  ['figure', 0.98471, '0.9847'],
  ['figure', 18_240, '18,240'],
] as const)('%s(%d) is written %s', (name, value, text) => {
  expect(format[name](value)).toBe(text)
})

test("addressOfPort() finds another port by RunPod's proxy, and beside the page elsewhere", () => {
  expect(addressOfPort(new URL('https://abc123-8000.proxy.runpod.net/'), 8888)).toBe(
    'https://abc123-8888.proxy.runpod.net/',
  )
  expect(addressOfPort(new URL('http://192.0.2.7:8000/x/'), 8888)).toBe('http://192.0.2.7:8888/')
})

test('sshCommand() takes the public address, else that of the page, and none behind a proxy', () => {
  const pod = (details: object, address: string) => ({
    status: { services: { sshd: { name: 'sshd', state: 'ready', details } } },
    address: new URL(address),
  })
  const accounts = [{ name: 'root', keys: 1 }]
  const connect = 'ssh -p 4011 root@203.0.113.7'
  expect(sshCommand(pod({ port: 22, accounts, connect }, 'https://a/'))).toBe(connect)
  expect(sshCommand(pod({ port: 2222, accounts }, 'http://192.0.2.7:8000/'))).toBe(
    'ssh -p 2222 root@192.0.2.7',
  )
  expect(sshCommand(pod({ port: 22, accounts }, 'https://a-8000.proxy.runpod.net/'))).toBeUndefined()
  expect(jupyterAddress(pod({}, 'http://a/'))).toBeUndefined()
})

test('withEvent() keeps the last hundred, each once, in their order', () => {
  const event = (seq: number) => ({ seq, at: 0, type: 'ready', level: 'info', text: '' })
  const order = [...Array.from({ length: 120 }, (_, index) => index + 1), 119, 60, 121]
  const list = order.reduce((known: unknown, seq) => withEvent(known, event(seq)), []) as { seq: number }[]
  expect(list.map(({ seq }) => seq)).toEqual(Array.from({ length: 100 }, (_, index) => index + 22))
})

test('runName() leaves of a command the names of its files', () => {
  const name = (text: string | null) => runName({ id: '0570f8f5-af67', name: text })
  expect(name('/venv/bin/python /workspace/repo/train.py --lr 1/2')).toBe('python train.py --lr 1/2')
  expect(name("'/venv/bin/python' '/workspace/repo/train.py")).toBe('python train.py')
  expect(name('lstm-384')).toBe('lstm-384')
  expect(name(null)).toBe('0570f8f5')
})

test('a run that failed says once how, and shows its last lines', () => {
  const job = {
    id: '0570f8f5-af67',
    name: 'train',
    status: 'failed',
    exit_code: 7,
    signal: null,
    last_step: null,
  }
  const pod = {
    jobs: [{ ...job, reason: 'exit 7', error: 'KeyError: "fen"', last_loss: null, started_at: null }],
  }
  expect(JSON.stringify(jobsView(pod, [], 0)).match(/exit 7/g)).toHaveLength(1)
  expect(JSON.stringify(jobsView({ jobs: [{ ...pod.jobs[0], reason: 'oom' }] }, [], 0))).toContain(
    'oom · exit 7',
  )
  const summary = (status: string) =>
    JSON.stringify(summaryView(pod, [{ job: { ...pod.jobs[0], status }, whole: [] }], 0))
  expect(summary('failed')).toContain('KeyError')
  expect(summary('running')).not.toContain('KeyError')
})

test('the loss of a run is not shown as it once was when it is no number any more', () => {
  const job = { id: '0570f8f5-af67', status: 'running', last_step: 3, last_loss: null, started_at: null }
  const shown = (whole: readonly object[]) => JSON.stringify(summaryView({}, [{ job, whole }], 0))
  expect(shown([{ step: 1, loss: 2.5 }, { step: 2 }])).toContain('2.5')
  const lost = shown([{ step: 1, loss: 2.5 }, { step: 2, loss: null }, { step: 3 }])
  expect(lost).toContain('not a number')
  expect(lost).not.toContain('2.5')
})

test('sparkline() leaves gaps where there is no value, and stays inside its frame', () => {
  const { children } = sparkline([0, 50, null, 150], 100, 'x')
  const line = children[1].attributes.d as string
  expect(line).toBe('M0.0,27.0L40.0,14.0M120.0,1.0')
})
