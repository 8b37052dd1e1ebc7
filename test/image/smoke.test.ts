import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { firstAnswer, firstQuestion } from '../../scripts/accept/first-answer.ts'
import { median } from '../../scripts/accept/median.ts'
import { smoke } from '../../scripts/image/smoke.ts'
import { untilGreeted } from '../../scripts/image/until-greeted.ts'
import { figures } from '../fixtures/boot/figures.ts'
import { sshClient } from '../fixtures/sshd/ssh-client.ts'
import { image } from './image.ts'
import { address, ImagePod } from './image-pod.ts'

/** Only an idle machine keeps these. */
const limits = { banner: 1000, health: 1500, infer: 3000 }
const patience = () => AbortSignal.timeout(40_000)

interface Times {
  readonly banner: number
  readonly health: number
  readonly infer: number
}

/** Milliseconds from the start of PID 1 in a new container. */
async function bootOnce(prepare?: string): Promise<Times> {
  const env = { PUBLIC_KEY: sshClient().publicKey }
  const pod = new ImagePod({ env, ...(prepare !== undefined && { prepare }) })
  const startMs = await pod.booted
  const since = async (event: Promise<unknown>) => {
    await event
    return performance.now() - startMs
  }
  const [banner, health, infer] = await Promise.all([
    since(untilGreeted(22, patience())),
    since(firstAnswer(`${address}/healthz`, undefined, patience())),
    since(firstAnswer(`${address}/infer`, firstQuestion, patience())),
  ])
  expect((await pod.stop()).code).toBe(0)
  return { banner, health, infer }
}

test.each([
  ['', undefined, limits],
  // As where the processor can do something else than the builder's: Node finds nothing that it may use.
  [' on another kind of processor', 'rm -rf opt/podmate/.cache/*', undefined],
])(
  'the image boots to SSH, then to /healthz, then to /infer%s',
  async (where, prepare, held) => {
    const boots: Times[] = []
    while (boots.length < (process.env.PODMATE_ACCEPT ? 5 : 2)) boots.push(await bootOnce(prepare))
    const times: Times = {
      banner: median(boots.map(({ banner }) => banner)),
      health: median(boots.map(({ health }) => health)),
      infer: median(boots.map(({ infer }) => infer)),
    }
    figures(`PID 1 started${where} to, ms`, {
      ...{ 'SSH banner': Math.round(times.banner), '/healthz': Math.round(times.health) },
      '/infer': Math.round(times.infer),
    })
    expect(Math.min(...Object.values(times))).toBeGreaterThan(0)
    if (process.env.PODMATE_ACCEPT && held)
      for (const name of ['banner', 'health', 'infer'] as const) expect(times[name]).toBeLessThan(held[name])
  },
  240_000,
)

test('smoke() goes through every door twice and ends the pod', async () => {
  const client = sshClient()
  const jupyterToken = 'token-of-this-test'
  const pod = new ImagePod({ env: { PUBLIC_KEY: client.publicKey, JUPYTER_TOKEN: jupyterToken } })
  const ports = { sshPort: 22, jupyterPort: 8888, httpPort: 8000 }
  const running = { ...ports, jupyterToken, keyFile: client.privateKeyPath }
  const later = process.env.PODMATE_ACCEPT ? pause(60_000) : Promise.resolve()
  const seen = await smoke({ ...running, stop: async () => (await pod.stop()).code }, later)
  expect(seen.filter((line) => line.endsWith('SSH: hello'))).toHaveLength(2)
  expect(seen.at(-1)).toBe('TERM: ended with exit code 0')
}, 180_000)

test('the health check of the image holds while podmate serves, and not before', async () => {
  const pod = new ImagePod()
  await pod.booted
  const check = image.config.Healthcheck?.Test.at(-1) ?? 'echo no health check; exit 7'
  expect((await pod.exec(check)).code).not.toBe(0)
  await pod.ready('http')
  expect((await pod.exec(check)).code).toBe(0)
})

test('a pod without any variable of its own serves, with SSH off', async () => {
  const pod = new ImagePod()
  await pod.ready('http', 'inference', 'jupyter', 'telemetry', 'jobs', 'state')
  expect(await pod.service('sshd')).toMatchObject({ state: 'disabled' })
  expect((await pod.exec('podctl ready')).code).toBe(0)
  expect((await pod.exec('echo quit | podmate-uci')).code).toBe(0)
})
