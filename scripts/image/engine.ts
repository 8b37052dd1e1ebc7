import { spawnSync } from 'node:child_process'

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

/** The first one that works here: a docker client without its server does not. Throws a sentence when none does. */
export function findEngine(): Engine {
  const found = engines.find(({ program }) => spawnSync(program, ['info'], { stdio: 'ignore' }).status === 0)
  if (!found) throw new Error('no program that builds images works here: install Docker, Podman or Buildah')
  return found
}

/** Runs it with its output shown; throws when it fails. */
export function runEngine({ program }: Engine, words: readonly string[]): void {
  const { status, error } = spawnSync(program, words, { stdio: 'inherit' })
  if (error) throw error
  if (status !== 0) throw new Error(`${program} ${words[0]} failed (exit code ${status})`)
}

/** Runs it to its end; what it printed, without the last line end. Throws when it fails. */
export function askEngine({ program }: Engine, words: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, words, { encoding: 'utf8' })
  if (error) throw error
  if (status !== 0) throw new Error(`${program} ${words[0]}: ${stderr.trim()}`)
  return stdout.trim()
}
