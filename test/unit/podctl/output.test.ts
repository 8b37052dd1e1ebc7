import { styleText } from 'node:util'
import { expect, test } from 'vitest'
import { eventLine } from '../../../scripts/podctl/events.ts'
import { lineCount, logText } from '../../../scripts/podctl/logs.ts'
import { since } from '../../../scripts/podctl/since.ts'
import { statusLines } from '../../../scripts/podctl/status.ts'
import { table } from '../../../scripts/podctl/table.ts'
import { timingLines } from '../../../scripts/podctl/timing.ts'
import { publicAddress } from '../../../scripts/podctl/url.ts'
import { bringUp, fakePod } from '../../fixtures/http/fake-pod.ts'

const plain = { paint: (_style: unknown, text: string) => text }

test('statusLines() has a row for each service, with state, age, restarts, pid and reason', () => {
  const pod = fakePod(['http', 'trainer', 'sshd'])
  bringUp(pod, 'http')
  pod.emit({ service: 'trainer', type: 'starting', attempt: 4 })
  pod.emit({ service: 'trainer', type: 'spawned', pid: 4711, command: 'python train.py' })
  pod.emit({ service: 'sshd', type: 'disabled', reason: 'no public key' })
  pod.emit({ type: 'pod-warning', text: 'INFERENCE_API_PROT is unknown' })
  const status = { ...pod.status(), pid: 12, startedAt: 0 }
  const services = Object.fromEntries(
    Object.entries(status.services).map(([name, service]) => [name, { ...service, since: 60_000 }]),
  )
  expect(statusLines({ ...status, services }, plain, 7_500_000)).toEqual([
    'podmate 0.1.0 (pid 12) is running, started 2 h 5 m ago',
    '',
    'SERVICE  STATE     SINCE    RESTARTS  PID   REASON',
    'http     ready     2 h 4 m  0         -',
    'trainer  starting  2 h 4 m  3         4711',
    'sshd     disabled  2 h 4 m  0         -     no public key',
    'warning: INFERENCE_API_PROT is unknown',
  ])
})

const ages: readonly (readonly [number, string])[] = [
  [-5000, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 m'],
  [3_600_000, '1 h 0 m'],
  [90_000_000, '1 d 1 h'],
]

test.each(ages)('since() calls %d ms %j', (ms, text) => {
  expect(since(0, ms)).toBe(text)
})

test('table() aligns coloured cells by what is seen, and lets nothing steer the terminal', () => {
  const green = styleText('green', 'ok', { validateStream: false })
  const rows = table([
    ['A', 'B'],
    [green, 'x\x1b[2Jy\nz'],
    ['long', 'z'],
  ])
  expect(rows).toEqual(['A     B', `${green}    x [2Jy z`, 'long  z'])
})

test('eventLine() puts a snapshot and an event into words', () => {
  const pod = fakePod(['http'])
  bringUp(pod, 'http')
  expect(eventLine('snapshot', pod.status())).toBe('status at #3: podmate is running; http ready')
  const event = { ...pod.eventsAfter(2)?.[0], at: 1_763_773_200_123 }
  expect(eventLine('event', event)).toBe('01:00:00.123 #3 http: ready')
})

test('logText() gives time, service and text without control characters', () => {
  const line = { at: 1_763_773_200_123, service: 'trainer', stream: 'stdout', text: 'a\tb\x07c' } as const
  expect(logText(line)).toBe('01:00:00.123 trainer: a\tb c')
})

test('lineCount() takes whole numbers up to 1000 only', () => {
  expect([lineCount('0'), lineCount('1000')]).toEqual([0, 1000])
  for (const text of ['', '-1', '1001', '1.5', 'x', ' 5']) {
    expect(() => lineCount(text)).toThrow(expect.objectContaining({ exitCode: 2 }))
  }
})

test('timingLines() shows what is not known yet as a dash', () => {
  const row = { service: 'http', startedMs: 10.4, firstLogMs: null, readyMs: 95, tookMs: 85 }
  expect(timingLines({ services: [row], criticalChain: ['a', 'http'], allReadyMs: null })).toEqual([
    'SERVICE  STARTED  FIRST LOG  READY  TOOK',
    'http     10 ms    -          95 ms  85 ms',
    '',
    'critical chain: a → http',
    'all ready after: -',
  ])
})

const addresses: readonly (readonly [string, string | undefined, string])[] = [
  ['http://127.0.0.1:8000', undefined, 'http://127.0.0.1:8000/'],
  ['http://0.0.0.0:8000', undefined, 'http://127.0.0.1:8000/'],
  ['http://[::]:8000', undefined, 'http://127.0.0.1:8000/'],
  ['http://192.168.0.7:9000', undefined, 'http://192.168.0.7:9000/'],
  ['http://0.0.0.0:8000', 'abc123', 'https://abc123-8000.proxy.runpod.net/'],
]

test.each(addresses)('publicAddress() of %s in pod %s is %s', (listening, podId, address) => {
  expect(publicAddress(new URL(listening), podId).href).toBe(address)
})
