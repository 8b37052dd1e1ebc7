import { spawnSync } from 'node:child_process'

/** Debian packages that build an image here, each with a program of it. */
const packages = { buildah: 'buildah', debootstrap: 'debootstrap' } as const

/** Installs what builds images here, where root has apt-get; throws a sentence where it cannot be had. */
export function demandPrograms(): void {
  const missing = Object.entries(packages).flatMap(([name, program]) =>
    spawnSync(program, ['--version']).error ? [name] : [],
  )
  if (process.getuid?.() !== 0) throw new Error('test:image needs root: it mounts, and makes a base')
  if (missing.length === 0) return
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const words of [['update'], ['install', '-y', '--no-install-recommends', ...missing]]) {
    const { status } = spawnSync('apt-get', words, { env, stdio: ['ignore', 'ignore', 'inherit'] })
    if (status !== 0) throw new Error(`test:image needs ${missing.join(' and ')}: apt-get ${words[0]} failed`)
  }
}
