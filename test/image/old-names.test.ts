import { expect, test } from 'vitest'
import { sshClient } from '../fixtures/sshd/ssh-client.ts'
import { address, ImagePod } from './image-pod.ts'
import { newVolume } from './volume.ts'

/** An environment file as the chess-bot entrypoint takes it, and RunPod sets it: names and values of there only. */
const old = {
  ...{ RUNNER_USER: 'runner', START_SSHD: '1', START_JUPYTER: '1', START_INFERENCE_API: '1' },
  ...{ START_HF_WATCH: '0', START_IDLE_WATCHDOG: '0', START_OTEL_COLLECTOR: '1' },
  ...{ REPO_DIR: '/workspace/chess-bot', VENV_DIR: '/opt/venvs/chessbot', CLONE_REPO_ON_START: '0' },
  ...{ GIT_AUTO_PULL: '0', SYNC_REQUIREMENTS_ON_START: '0', FORCE_PIP_SYNC: '0' },
  ...{ JUPYTER_PORT: '8888', JUPYTER_TOKEN: 'token-of-this-test' },
  ...{ INFERENCE_API_HOST: '0.0.0.0', INFERENCE_API_PORT: '8000', INFERENCE_API_MODEL_PATH: 'latest' },
  ...{ INFERENCE_API_DEVICE: 'auto', INFERENCE_API_TOPK_DEFAULT: '3', INFERENCE_API_VERBOSE: '1' },
  ...{
    HF_REPO_ID: '',
    HF_REPO_TYPE: 'model',
    HF_SYNC_INTERVAL_SECONDS: '120',
    HF_SYNC_PATTERNS: '*.pt,*.json',
  },
  ...{
    HF_PATH_IN_REPO_PREFIX: '',
    HF_COMMIT_MESSAGE: 'sync chess-bot artifacts',
    HF_HUB_ENABLE_HF_TRANSFER: '1',
  },
  ...{ IDLE_TIMEOUT_SECONDS: '3600', IDLE_CHECK_INTERVAL_SECONDS: '60', IDLE_GPU_UTIL_THRESHOLD: '10' },
  ...{
    IDLE_GPU_MEM_MB_THRESHOLD: '1024',
    ACTIVITY_HEARTBEAT_FILE: '/tmp/heartbeat',
    AUTOSTOP_ACTION: 'runpod_api',
  },
}

test('an environment file with the old names alone boots, with the same meaning and without a complaint', async () => {
  const client = sshClient()
  const volume = newVolume('chess-bot')
  const pod = new ImagePod({ volume, env: { ...old, AUTHORIZED_KEYS: client.publicKey } })
  await pod.ready('sshd', 'jupyter', 'http', 'inference')
  expect((await client.ssh(22, 'runner', 'id -un')).out).toBe('runner\n')
  const lab = (token: string) => fetch(`http://127.0.0.1:8888/api/status?token=${token}`)
  expect((await lab(old.JUPYTER_TOKEN)).status).toBe(200)
  const question = { method: 'POST', body: '{"context":["e2e4","e7e5"],"winner_side":"W"}' }
  const answer = await (await fetch(`${address}/infer`, question)).json()
  expect(answer).toMatchObject({ device: 'cpu', topk: { length: 3 } })
  expect(await (await fetch(`${address}/healthz`)).json()).toMatchObject({ ok: true, device: 'cpu' })
  await expect.poll(async () => (await pod.exec('ls /tmp/heartbeat')).code, { timeout: 10_000 }).toBe(0)
  const { services, warnings } = await pod.status()
  for (const name of ['trainer', 'artifacts', 'autostop', 'bootstrap'])
    expect(services[name]).toMatchObject({ state: 'disabled' })
  expect(warnings).toEqual([])
  expect((await pod.exec('podctl check')).code).toBe(0)
})
