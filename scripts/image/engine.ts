import { $ } from 'zx'

/** A program that builds images, and perhaps runs them. */
export interface Engine {
  readonly program: 'docker' | 'podman' | 'buildah'
  /** Words before the context. */
  readonly build: readonly string[]
  readonly runs: boolean
}

const engines: readonly Engine[] = [
  { program: 'docker', build: ['build'], runs: true },
  // The format of Docker, because OCI's own knows no health check.
  { program: 'podman', build: ['build', '--format', 'docker'], runs: true },
  { program: 'buildah', build: ['bud', '--layers', '--format', 'docker'], runs: false },
]

const quietly = $({ nothrow: true, quiet: true })
/** In our own group, so that Ctrl-C reaches it, too. */
const shown = $({ nothrow: true, stdio: 'inherit', detached: false })

/** The first one that works here: a docker client without its server does not. Rejects with a sentence when none does. */
export async function findEngine(): Promise<Engine> {
  for (const engine of engines) if ((await quietly`${engine.program} info`).ok) return engine
  throw new Error('no program that builds images works here: install Docker, Podman or Buildah')
}

/** Runs it with its output shown; rejects when it fails. */
export async function runEngine({ program }: Engine, words: readonly string[]): Promise<void> {
  const { ok, exitCode } = await shown`${program} ${words}`
  if (!ok) throw new Error(`${program} ${words[0]} failed (exit code ${exitCode})`)
}

/** Runs it to its end; what it printed, without the last line end. Rejects when it fails. */
export async function askEngine({ program }: Engine, words: readonly string[]): Promise<string> {
  const { ok, stdout, stderr } = await quietly`${program} ${words}`
  if (!ok) throw new Error(`${program} ${words[0]}: ${stderr.trim()}`)
  return stdout.trim()
}
