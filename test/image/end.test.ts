import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ShutdownReport } from '../../supervisor/shutdown-report.ts'
import { figures } from '../fixtures/boot/figures.ts'
import { limitMs } from '../fixtures/limit.ts'
import { openSession } from '../fixtures/pod/ssh-session.ts'
import { sshClient } from '../fixtures/sshd/ssh-client.ts'
import { ImagePod } from './image-pod.ts'
import { newVolume } from './volume.ts'

const budgetMs = 8000

test('500 orphans leave no zombie behind', async () => {
  const pod = new ImagePod({ env: { START_INFERENCE_API: '0', START_JUPYTER: '0' } })
  await pod.ready('http')
  await pod.exec('for i in $(seq 500); do (sleep 0.$((i % 9 + 1)) &) & done; wait')
  const processes = async () => (await pod.exec('ps -eo stat=,comm= | grep -cE "^Z|sleep"')).out.trim()
  await expect.poll(processes, { timeout: 60_000 }).toBe('0')
})

test('TERM ends a busy pod in order, within its budget, with exit code 0', async () => {
  const client = sshClient()
  const volume = newVolume('chess-bot')
  const trainer = 'trap "sleep 0.5; exit 0" TERM; sleep 1000 & wait $!'
  const env = { PUBLIC_KEY: client.publicKey, RUNPOD_POD_ID: 'p1', TRAIN_COMMAND: trainer }
  const pod = new ImagePod({ env, volume })
  await pod.ready('sshd', 'http', 'inference', 'jupyter', 'trainer')
  const session = openSession({ client, sshPort: 22 }, 'exec cat', 'runner')
  expect(await session.say('hello')).toBe('hello')
  const { code, tookMs } = await pod.stop()
  expect(code).toBe(0)
  expect(tookMs).toBeLessThan(limitMs(budgetMs + 1500))
  figures('TERM', { 'to the end of the container, ms': Math.round(tookMs) })
  const turns = pod.lines.flatMap((line) => /"msg":"stopping tier (\w+)/.exec(line)?.[1] ?? [])
  expect(turns).toEqual(['intake', 'work', 'save', 'tools', 'access'])
  const report: ShutdownReport = JSON.parse(
    readFileSync(join(volume, '.podmate/p1/last-shutdown.json'), 'utf8'),
  )
  expect(report.reason).toBe('SIGTERM')
  expect(report.services.trainer).toMatchObject({ state: 'stopped', killed: false })
})
