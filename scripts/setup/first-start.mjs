// Starts a pod that nobody sees (no port that is known, state and logs in a temporary folder) and ends it when it has
// come up, so that Node keeps what it compiled on the way. `--demand-ready`: exits with 1 unless it became ready.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const demandsReady = process.argv.includes('--demand-ready')
const patienceMs = demandsReady ? 120_000 : 15_000
const folder = mkdtempSync(join(tmpdir(), 'podmate-first-start-'))
const { PATH, HOME, NODE_COMPILE_CACHE, RUNNER_USER } = process.env
const env = {
  ...{ PATH, HOME, NODE_COMPILE_CACHE, RUNNER_USER },
  INFERENCE_API_PORT: '0',
  POD_STATE_DIR: join(folder, 'state'),
  POD_LOG_DIR: join(folder, 'logs'),
  ARTIFACT_DIRS: folder,
  LOG_FORMAT: 'json',
}
const pod = spawn(process.execPath, ['entrypoint.ts'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
const ended = once(pod, 'exit')
const tooLong = setTimeout(() => pod.kill('SIGTERM'), patienceMs)
let said = ''
let isReady = false
pod.stdout.on('data', (chunk) => {
  said = `${said}${chunk}`.slice(-4000)
  if (isReady || !said.includes('all services are ready')) return
  isReady = true
  pod.kill('SIGTERM')
})
const [code] = await ended
clearTimeout(tooLong)
rmSync(folder, { recursive: true, force: true })
if (isReady || !demandsReady) process.exitCode = code ?? 1
else {
  console.error(`${said}\npodmate did not become ready: see its last lines above`)
  process.exitCode = 1
}
