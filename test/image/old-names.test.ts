import { expect, onTestFinished, test } from 'vitest'
import { startHub, tokens } from '../fakes/hub.ts'
import { startRunpod } from '../fakes/runpod.ts'
import { gitServer } from '../fixtures/bootstrap/git-server.ts'
import { newOrigin } from '../fixtures/bootstrap/origin.ts'
import { sshClient } from '../fixtures/sshd/ssh-client.ts'
import { temporaryFolder } from '../fixtures/state/temporary-folder.ts'
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
  await expect.poll(async () => (await pod.exec('ls /tmp/heartbeat')).code, { timeout: 60_000 }).toBe(0)
  const { services, warnings } = await pod.status()
  for (const name of ['trainer', 'artifacts', 'autostop', 'bootstrap'])
    expect(services[name]).toMatchObject({ state: 'disabled' })
  expect(warnings).toEqual([])
  expect((await pod.exec('podctl check')).code).toBe(0)
})

/** What was in the documents of the chess-bot watchdog: the image's own programs are in the list. */
const oldPatterns = 'train_baseline.py,jupyter-lab,uvicorn,inference_api.py,play_vs_model_server.py'
const oldMutation = 'mutation { podStop(input: {podId: "{podId}"}) { id desiredStatus } }'

test('with its repository, watcher and watchdog on, such a file clones, uploads, and stops the pod when it is idle', async () => {
  const folder = temporaryFolder()
  newOrigin(folder).push({ 'train.py': 'dev', 'requirements.txt': '# nothing\n' }, 'dev')
  const server = await gitServer(folder)
  onTestFinished(() => server.close())
  await using hub = await startHub()
  await using runpod = await startRunpod()
  const { id, key } = runpod.addPod()
  const on = {
    ...{ CLONE_REPO_ON_START: '1', GIT_AUTO_PULL: '1', SYNC_REQUIREMENTS_ON_START: '1' },
    ...{ REPO_URL: server.url('origin.git'), REPO_REF: 'dev' },
    ...{ START_HF_WATCH: '1', HF_REPO_ID: 'pod/run', HF_TOKEN: tokens.write, HF_ENDPOINT: hub.url },
    ...{ HF_SYNC_SOURCE_DIR: '/workspace/chess-bot/artifacts', HF_SYNC_INTERVAL_SECONDS: '5' },
    ...{ START_IDLE_WATCHDOG: '1', IDLE_TIMEOUT_SECONDS: '8', IDLE_CHECK_INTERVAL_SECONDS: '1' },
    ...{ IDLE_ACTIVE_PROCESS_PATTERNS: oldPatterns, RUNPOD_STOP_MUTATION: oldMutation },
    ...{ RUNPOD_POD_ID: id, RUNPOD_API_KEY: key, RUNPOD_GRAPHQL_ENDPOINT: runpod.graphqlUrl },
  }
  const pod = new ImagePod({ volume: newVolume(), env: { ...old, ...on } })
  await pod.ready('artifacts', 'autostop', 'jupyter')
  const bootstrap = async () => (await pod.service('bootstrap'))?.state
  await expect.poll(bootstrap, { timeout: 60_000 }).toBe('completed')
  const told = async (script: string) => (await pod.exec(`cd /workspace/chess-bot && ${script}`)).out
  expect(await told('cat train.py; stat -c %U train.py')).toBe('devrunner\n')
  expect(await told('ls $VENV_DIR/.podmate-requirements.sha256')).not.toBe('')
  await told('mkdir artifacts && echo "{}" > artifacts/last.json')
  const uploaded = () => hub.hasRepo('pod/run') && hub.repo('pod/run').files.has('last.json')
  await expect.poll(uploaded, { timeout: 60_000 }).toBe(true)
  expect(hub.repo('pod/run').private).toBe(true)
  await expect.poll(() => runpod.pod(id).status, { timeout: 60_000 }).toBe('EXITED')
  expect(runpod.log.map(({ body }) => body)).toContainEqual({ query: oldMutation.replace('{podId}', id) })
  expect((await pod.status()).warnings).toEqual([])
}, 150_000)
