import { expect, test } from 'vitest'
import { wayIn } from '../../../boot/way-in.ts'
import type { PodEvent, ServiceEventBody } from '../../../supervisor/events.ts'
import { settledWithin } from '../../../supervisor/time.ts'

function watched() {
  const listeners: ((event: PodEvent) => void)[] = []
  const way = wayIn({ onEvent: (listener) => void listeners.push(listener) }, 180_000)
  const tell = (body: ServiceEventBody) => {
    for (const listener of listeners) listener({ seq: 1, at: 0, ms: 0, service: 'sshd', ...body })
  }
  return { way, tell }
}

test('wayIn() leaves the thread to sshd until its program runs, whatever it reports before', async () => {
  const { way, tell } = watched()
  tell({ type: 'starting', attempt: 1 })
  tell({ type: 'report', details: { keys: 1 } })
  tell({ type: 'notice', level: 'warn', text: 'a key is none' })
  expect(await settledWithin(way, 20)).toBe(false)
  tell({ type: 'spawned', pid: 1, command: '/usr/sbin/sshd' })
  await way
})

test.each<ServiceEventBody>([
  { type: 'disabled', reason: 'START_SSHD is 0' },
  { type: 'restarting', delayMs: 1000, failures: 1 },
])('wayIn() waits for no sshd that does not come: $type', async (event) => {
  const { way, tell } = watched()
  tell(event)
  await way
})
