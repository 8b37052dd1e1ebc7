import { expect, onTestFinished, test } from 'vitest'
import { fakePod } from '../../fixtures/http/fake-pod.ts'
import { runHttp } from '../../fixtures/http/run-http.ts'
import { podctl, startProgram } from '../../fixtures/http/run-program.ts'
import { useHttp } from '../../fixtures/http/use-http.ts'
import { usePodProgram } from '../../fixtures/http/use-pod-program.ts'

function follow(words: readonly string[], socket: string) {
  const program = startProgram('scripts/podctl.ts', words, { PODMATE_SOCKET: socket })
  onTestFinished(async () => {
    program.child.kill()
    await program.ended
  })
  return program
}

const patient = { timeout: 60_000 }

test('podctl events prints the status, then every event, and ends with 0 when the pod goes down', async () => {
  const { pod, socketPath, stop } = await useHttp()
  const words = follow(['events'], socketPath)
  const json = follow(['events', '--json'], socketPath)
  await expect
    .poll(words.out, patient)
    .toMatch(/^status at #\d+: podmate is running; http ready, trainer ready\n$/)
  await expect.poll(json.out, patient).toContain('\n')
  pod.emit({ service: 'trainer', type: 'not-ready', reason: 'stalled' })
  await expect.poll(words.out, patient).toMatch(/#\d+ trainer: .*stalled\n$/)
  await expect.poll(() => json.out().trim().split('\n').length, patient).toBe(2)
  const [snapshot, event] = json
    .out()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect([snapshot.services.trainer.state, event.type, event.seq]).toEqual([
    'ready',
    'not-ready',
    snapshot.seq + 1,
  ])
  await stop()
  expect((await words.ended).code).toBe(0)
  expect((await json.ended).code).toBe(0)
})

test('podctl events goes on where it was after the connection broke', async () => {
  const pod = fakePod()
  const first = await runHttp({}, pod)
  await first.ready
  const reader = follow(['events', '--json'], first.socketPath)
  await expect.poll(reader.out, patient).toContain('\n')
  await first.restart()
  pod.emit({ type: 'pod-warning', text: 'while nobody listened' })
  await expect.poll(reader.err, patient).toContain('connecting again')
  const second = await useHttp({ socketPaths: [first.socketPath] }, pod)
  await expect.poll(reader.out, patient).toContain('while nobody listened')
  await second.stop()
  expect((await reader.ended).code).toBe(0)
  const lines = reader
    .out()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const numbers: readonly number[] = lines.map(({ seq }) => seq)
  expect(numbers).toEqual([...new Set(numbers)].sort((one, other) => one - other))
  // Of the reports of a service only the newest is kept; nothing else may be missing.
  const kept = pod.eventsAfter((numbers[0] ?? 0) - 1)?.map(({ seq }) => seq) ?? []
  const [last = 0] = numbers.slice(-1)
  expect(kept.filter((seq) => seq <= last && !numbers.includes(seq))).toEqual([])
  expect(kept.length).toBeGreaterThan(2)
})

test('podctl tail shows the last lines and every further one, of one service or all', async () => {
  const { pod, socketPath, stop } = await useHttp()
  for (const text of ['one', 'two', 'three']) pod.logLine('trainer', text)
  const one = follow(['tail', 'trainer', '-n', '1'], socketPath)
  const all = follow(['tail'], socketPath)
  await expect.poll(one.out, patient).toContain('three')
  await expect.poll(all.out, patient).toContain('three')
  pod.logLine('http', 'hello')
  pod.logLine('trainer', 'four')
  await expect.poll(one.out, patient).toMatch(/^\S+ trainer: three\n\S+ trainer: four\n$/)
  await expect.poll(all.out, patient).toMatch(/trainer: three\n\S+ http: hello\n\S+ trainer: four\n$/)
  await stop()
  expect([(await one.ended).code, (await all.ended).code]).toEqual([0, 0])
})

test('podctl restart http waits for the next run of http', async () => {
  const pod = fakePod()
  const first = await runHttp({}, pod)
  await first.ready
  let second: Awaited<ReturnType<typeof runHttp>> | undefined
  onTestFinished(() => second?.stop())
  pod.answer = async () => {
    await first.restart()
    second = await runHttp({ socketPaths: [first.socketPath] }, pod)
    return { ok: true, message: 'never heard on this connection' }
  }
  const { code, out } = await podctl(['restart', 'http', '--force'], { PODMATE_SOCKET: first.socketPath })
  expect([code, out]).toEqual([0, 'http is ready\n'])
})

test('podctl stop http --force exits 0 once nobody answers', async () => {
  const { pod, socketPath, restart } = await useHttp()
  pod.answer = async () => {
    await restart()
    return { ok: true, message: 'never heard on this connection' }
  }
  const { code, out } = await podctl(['stop', 'http', '--force'], { PODMATE_SOCKET: socketPath })
  expect([code, out]).toEqual([0, 'http is stopped\n'])
})

test('podctl shutdown exits 0 when the process has gone, not before', async () => {
  const program = await usePodProgram()
  const { pid = 0 } = program.child
  const { code, out } = await podctl(['shutdown'], { PODMATE_SOCKET: program.socket })
  expect([code, out]).toEqual([0, `podmate is shutting down\npodmate (pid ${pid}) has ended\n`])
  expect((await program.ended).code).toBe(0)
  expect((await podctl(['status'], { PODMATE_SOCKET: program.socket })).code).toBe(3)
})

test('podctl shutdown --url waits until nobody answers there', async () => {
  const program = await usePodProgram()
  const { code, out } = await podctl(['shutdown', '--url', `${program.address}/?token=generated-token`])
  expect([code, out]).toMatchObject([0, expect.stringContaining('has ended')])
  await program.ended
})

test('podctl logs does not mind that its reader leaves', async () => {
  const { pod, socketPath } = await useHttp()
  for (let count = 0; count < 1000; count += 1) pod.logLine('trainer', 'x'.repeat(1000))
  const program = follow(['logs', '-n', '1000'], socketPath)
  program.child.stdout?.once('data', () => program.child.stdout?.destroy())
  const { code, err } = await program.ended
  expect([code, err]).toEqual([0, ''])
})
