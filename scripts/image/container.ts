import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { $ } from 'zx'
import { askEngine, type Engine } from './engine.ts'
import type { Running } from './smoke.ts'

/** A container of an image, on free ports of this machine, with a new key; nothing is left of it when it is disposed of. */
export async function startContainer(engine: Engine, image: string): Promise<Running & AsyncDisposable> {
  await using started = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'podmate-smoke-'))
  started.defer(() => rmSync(folder, { recursive: true }))
  const keyFile = join(folder, 'key')
  await $({ quiet: true })`ssh-keygen -q -t ed25519 -N ${''} -f ${keyFile}`
  const jupyterToken = randomUUID()
  const env = { PUBLIC_KEY: readFileSync(`${keyFile}.pub`, 'utf8').trim(), JUPYTER_TOKEN: jupyterToken }
  const words = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`])
  const ports = [22, 8888, 8000].flatMap((port) => ['--publish', `127.0.0.1::${port}`])
  const id = await askEngine(engine, ['run', '--detach', ...words, ...ports, image])
  started.defer(async () => void (await askEngine(engine, ['rm', '--force', id])))
  const sshPort = await portOf(engine, id, 22)
  const jupyterPort = await portOf(engine, id, 8888)
  const httpPort = await portOf(engine, id, 8000)
  const all = started.move()
  return {
    ...{ sshPort, jupyterPort, httpPort, jupyterToken, keyFile },
    async stop() {
      await askEngine(engine, ['stop', '-t', '15', id])
      return Number(await askEngine(engine, ['inspect', '--format', '{{.State.ExitCode}}', id]))
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

/** Where on this machine a port of the container is. */
async function portOf(engine: Engine, id: string, inside: number): Promise<number> {
  const answer = await askEngine(engine, ['port', id, `${inside}/tcp`])
  const port = /:(\d+)$/m.exec(answer)?.[1]
  if (port === undefined) throw new Error(`${engine.program} port: no port for ${inside}/tcp in: ${answer}`)
  return Number(port)
}
