import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { repository, startWithoutModel } from '../../fixtures/boot/podmate.ts'
import { ask } from '../../fixtures/http/ask.ts'
import { podctl } from '../../fixtures/http/run-program.ts'

test('podmate names the owner of its port, serves podctl meanwhile, and takes the port when it is free', async () => {
  const squatter = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void squatter.close())
  await once(squatter, 'listening')
  const address = squatter.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const pod = startWithoutModel({ INFERENCE_API_PORT: String(port) })
  await expect.poll(() => pod.state('http'), { timeout: 60_000 }).toBe('degraded')
  expect((await pod.service('http'))?.reason).toContain(`port ${port} is taken by pid ${process.pid} (`)
  const { code, out } = await podctl(['status'], { POD_STATE_DIR: pod.stateDir, REPO_DIR: repository })
  expect(out).toMatch(/^http +degraded/m)
  expect(code).toBe(0)

  squatter.close()
  await expect.poll(() => pod.state('http'), { timeout: 60_000 }).toBe('ready')
  expect((await ask(`http://127.0.0.1:${port}`, { path: '/healthz' })).status).toBe(200)
})
