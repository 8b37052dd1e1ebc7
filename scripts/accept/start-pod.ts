import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { root } from './root.ts'

export interface RunningPod {
  readonly process: ChildProcess
  readonly url: string
  readonly startedMs: number
  /** Everything of it lies here. */
  readonly folder: string
  /** Ends it in order and removes its folder. */
  end(): Promise<void>
}

/** Starts the program as `npm start` does, with a folder and a port of its own; `variables` come on top. */
export async function startPod(variables: NodeJS.ProcessEnv = {}): Promise<RunningPod> {
  const folder = mkdtempSync(join(tmpdir(), 'podmate-accept-'))
  const port = await freePort()
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    REPO_DIR: folder,
    POD_STATE_DIR: join(folder, 'state'),
    POD_LOG_DIR: join(folder, 'log'),
    INFERENCE_API_PORT: String(port),
    NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/podmate'),
    ...variables,
  }
  const startedMs = performance.now()
  const child = spawn(process.execPath, ['entrypoint.ts'], { cwd: root, env, stdio: 'ignore' })
  const ended = once(child, 'exit')
  const end = async () => {
    child.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
  return { process: child, url: `http://127.0.0.1:${port}`, startedMs, folder, end }
}
