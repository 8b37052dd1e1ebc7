import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { runChild } from '../../../supervisor/child.ts'
import { listProcesses } from '../../../supervisor/process-table.ts'
import type { Service } from '../../../supervisor/service.ts'
import { sendSignal } from '../../fixtures/boot/send-signal.ts'
import { type TestPod, testPod } from '../../fixtures/supervisor/test-pod.ts'

const script = join(import.meta.dirname, '../../fixtures/supervisor/hands-over.sh')
const alive = (pid: number) => listProcesses().some((entry) => entry.pid === pid)

/** A program that hands over a session at each start; `roots` are told as what belongs to it. */
function begin(roots: readonly number[]): { pod: TestPod; done: Promise<void>; sessions(): number[] } {
  const service: Service = {
    name: 'program',
    run: (ctx) =>
      runChild(
        {
          ...{ command: '/bin/sh', args: [script], env: { PATH: process.env.PATH ?? '' } },
          ...{ handedOver: async () => roots, hides: (line: string) => line === 'hidden' },
        },
        ctx,
      ),
  }
  const pod = testPod()
  const done = pod.pod.run([service])
  onTestFinished(async () => {
    pod.pod.shutdown('test over')
    await done
  })
  const lines = () => pod.pod.logLines('program', 100).map(({ text }) => text)
  const sessions = () => lines().flatMap((line) => /^session (\d+)/.exec(line)?.slice(1).map(Number) ?? [])
  return { pod, done, sessions }
}

test('runChild() leaves alone what a program handed over, at its stop and at its death, until the pod stops', async () => {
  const roots: number[] = []
  const { pod, done, sessions } = begin(roots)
  await expect.poll(() => sessions().length).toBe(1)
  await pod.pod.command('restart', 'program', { force: false })
  await expect.poll(() => sessions().length).toBe(2)
  sendSignal(pod.pod.status().services.program?.pid, 'SIGKILL')
  await expect.poll(() => sessions().length).toBe(3)
  expect(sessions().filter(alive)).toEqual(sessions())
  // Nothing shows any more that the first two belong to it.
  roots.push(...sessions().slice(0, 2))
  pod.pod.shutdown('test')
  await done
  expect(sessions().filter(alive)).toEqual([])
})

test('runChild() tells no line that is to be hidden', async () => {
  const { pod, sessions } = begin([])
  await expect.poll(() => sessions().length).toBe(1)
  const texts = pod.pod.logLines('program', 100).map(({ text }) => text)
  expect(texts).toContain('shown')
  expect(texts).not.toContain('hidden')
})
