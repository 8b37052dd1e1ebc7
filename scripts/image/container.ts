import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { askEngine, type Engine } from './engine.ts'
import type { Running } from './smoke.ts'

/** Starts a container of an image, on free ports of this machine, with a new key; `remove` ends it in any case. */
export function startContainer(engine: Engine, image: string): { pod: Running; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'podmate-smoke-'))
  const keyFile = join(folder, 'key')
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', keyFile])
  const jupyterToken = randomUUID()
  const env = { PUBLIC_KEY: readFileSync(`${keyFile}.pub`, 'utf8').trim(), JUPYTER_TOKEN: jupyterToken }
  const words = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`])
  const ports = [22, 8888, 8000].flatMap((port) => ['--publish', `127.0.0.1::${port}`])
  const id = askEngine(engine, ['run', '--detach', ...words, ...ports, image])
  const portOf = (inside: number) =>
    Number(/:(\d+)$/m.exec(askEngine(engine, ['port', id, `${inside}/tcp`]))?.[1])
  return {
    pod: {
      ...{ sshPort: portOf(22), jupyterPort: portOf(8888), httpPort: portOf(8000), jupyterToken, keyFile },
      async stop() {
        askEngine(engine, ['stop', '-t', '15', id])
        return Number(askEngine(engine, ['inspect', '--format', '{{.State.ExitCode}}', id]))
      },
    },
    remove() {
      askEngine(engine, ['rm', '--force', id])
      rmSync(folder, { recursive: true })
    },
  }
}
