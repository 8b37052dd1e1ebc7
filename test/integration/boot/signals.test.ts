import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { stillAlive } from '../../fixtures/boot/family.ts'
import { figures } from '../../fixtures/boot/figures.ts'
import { expectNothingLeft } from '../../fixtures/boot/nothing-is-left.ts'
import { repository, startPodmate, startWithoutModel } from '../../fixtures/boot/podmate.ts'
import { limitMs } from '../../fixtures/limit.ts'

const fixture = (name: string) => join(repository, 'test/fixtures/boot', name)

describe.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('podmate on %s', (signal) => {
  test('ends tier after tier with 0 and leaves no process, no socket and no port', async () => {
    const pod = startPodmate({ TRAIN_COMMAND: 'echo armed; exec sleep 1000' })
    const [url, socket] = await Promise.all([pod.url(), pod.socket(), pod.line('armed')])
    await pod.line(/"inference".*"msg":"ready"/)
    const family = pod.family()
    expect(family.members.length).toBeGreaterThanOrEqual(3)
    const askedMs = performance.now()
    pod.signal(signal)
    const end = await pod.ended
    expect(end).toMatchObject({ code: 0, signal: null })
    const said = pod.messages('podmate')
    expect(said).toContain(`podmate is stopping: ${signal}`)
    expect(said.filter((text) => text.startsWith('stopping tier'))).toEqual([
      'stopping tier intake: inference',
      'stopping tier work: trainer, autostop',
      'stopping tier save: jobs',
      'stopping tier tools: http, telemetry',
    ])
    expect(said.at(-1)).toMatch(/^podmate stopped after \d+ ms$/)
    await expectNothingLeft({ family, socket, url })
    figures(signal, { 'to the end, ms': Math.round(end.atMs - askedMs) })
  })
})

describe('podmate on a signal that comes twice', () => {
  test('takes a second INT within a second for the same request, and lets the trainer finish', async () => {
    const pod = startWithoutModel({ TRAIN_COMMAND: `sh ${fixture('slow-to-stop.sh')}` })
    await Promise.all([pod.socket(), pod.line('armed')])
    const family = pod.family()
    pod.signal('SIGINT')
    await pod.line('podmate is stopping: SIGINT')
    pod.signal('SIGINT')
    expect(await pod.ended).toMatchObject({ code: 0, signal: null })
    expect(pod.messages('trainer')).toContain('saved')
    expect(pod.out.filter((line) => line.includes('killed'))).toEqual([])
    await expectNothingLeft({ family })
  })

  test('kills everything at a later INT: the trainer that ignores TERM, and its grandchild of another session', async () => {
    const pod = startWithoutModel({
      TRAIN_COMMAND: `exec sh ${fixture('stubborn.sh')}`,
      SHUTDOWN_BUDGET_SECONDS: '60',
    })
    const [url, socket] = await Promise.all([pod.url(), pod.socket(), pod.line('armed')])
    await expect.poll(() => pod.family().members.length).toBeGreaterThanOrEqual(4)
    const family = pod.family()
    pod.signal('SIGINT')
    await pod.line('still here')
    const askedMs = performance.now()
    pod.signal('SIGINT')
    const end = await pod.ended
    expect(end).toMatchObject({ code: 0, signal: null })
    expect(pod.messages('podmate')).toContain('everything is killed now: SIGINT again')
    await expectNothingLeft({ family, socket, url })
    const tookMs = Math.round(end.atMs - askedMs)
    figures('second INT', { 'to the end, ms': tookMs })
    expect(tookMs).toBeLessThan(limitMs(3000))
  })
})

describe('podmate on TERM while it boots', () => {
  // Before the first line of the program runs the system ends the process: there is nothing to put in order yet.
  test.each([1, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 130, 160, 200, 250, 300, 400])(
    'ends by itself %i ms after its start and leaves nothing',
    async (afterMs) => {
      const pod = startPodmate({
        TRAIN_COMMAND: `exec sh ${fixture('stubborn.sh')}`,
        SHUTDOWN_BUDGET_SECONDS: '1',
      })
      await pause(afterMs) // what is tested
      const askedMs = performance.now()
      const { code, signal, atMs } = await pod.stop()
      expect(signal === 'SIGTERM' ? pod.out : code).toEqual(signal === 'SIGTERM' ? [] : 0)
      await expect.poll(() => stillAlive(pod.family())).toEqual([])
      expect(atMs - askedMs).toBeLessThan(limitMs(8000))
    },
  )
})
