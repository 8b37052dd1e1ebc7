import { expect, test } from 'vitest'
import { figures } from '../fixtures/boot/figures.ts'
import { untilBanner } from '../fixtures/pod/banner.ts'
import { sshClient } from '../fixtures/sshd/ssh-client.ts'
import { bindfs } from '../fixtures/state/mounts.ts'
import { address, type ImagePlan, ImagePod } from './image-pod.ts'

interface Hostile {
  readonly prepare: string
  /** Which service says so; the state, where it is not said otherwise. */
  readonly service?: string
  readonly says: RegExp
}

/** What is wrong at /workspace, how it is made so, and what podmate says of it. */
const hostile: Readonly<Record<string, Hostile>> = {
  'that is read-only': {
    prepare: 'mount -n -t tmpfs -o ro none workspace',
    says: /read-only/i,
  },
  'that is full': {
    prepare: 'mount -n -t tmpfs -o size=64k none workspace; yes > workspace/all || true',
    says: /no space left|ENOSPC|full/i,
  },
  'that is missing': { prepare: 'rmdir workspace', says: /does not exist; create it or mount the volume/ },
  'that belongs to another account': {
    prepare: 'mount -n -t tmpfs -o uid=4711,gid=4711,mode=700 none workspace',
    service: 'jupyter',
    says: /may not enter \/workspace: change its owner or mode/,
  },
}

async function expectAWayIn(plan: ImagePlan, onBoot = () => {}): Promise<ImagePod> {
  const client = sshClient()
  const pod = new ImagePod({ ...plan, env: { PUBLIC_KEY: client.publicKey } })
  const startMs = await pod.booted
  onBoot()
  const bannerMs = await untilBanner(22, startMs, 40_000)
  await pod.ready('sshd', 'http', 'inference')
  for (const user of ['root', 'runner'])
    expect(await client.ssh(22, user, 'echo in')).toMatchObject({ code: 0, out: 'in\n' })
  const question = { method: 'POST', body: '{"context":["e2e4","e7e5"]}' }
  expect((await fetch(`${address}/infer`, question)).status).toBe(200)
  figures('hostile volume', { 'SSH banner, ms': Math.round(bannerMs) })
  return pod
}

test.each(Object.entries(hostile))(
  'a pod with a volume %s starts, says so, and lets one in',
  async (_, { prepare, service, says }) => {
    const pod = await expectAWayIn({ prepare })
    await expect.poll(() => reasonOf(pod, service), { timeout: 60_000 }).toMatch(says)
    expect((await pod.stop()).code).toBe(0)
  },
)

test('a pod with a volume that hangs starts, says so, and lets one in', async () => {
  const { mounted, process: server } = await bindfs()
  const pod = await expectAWayIn({ volume: mounted }, () => server.kill('SIGSTOP'))
  await expect.poll(() => reasonOf(pod), { timeout: 60_000 }).toContain('volume does not answer')
  server.kill('SIGCONT')
  await pod.ready('state')
  expect((await pod.stop()).code).toBe(0)
})

test('a pod whose root is read-only starts, and lets one in', async () => {
  await expectAWayIn({
    prepare: 'mount -n -t tmpfs none tmp; chmod 1777 tmp; mount -n -o remount,ro "$root"',
  })
})

async function reasonOf(pod: ImagePod, service = 'state'): Promise<string> {
  return `${(await pod.service(service))?.reason}`
}
