import { spawnSync } from 'node:child_process'

/** Debian packages that build an image here, each with a program of it. */
const packages = { buildah: 'buildah', debootstrap: 'debootstrap' } as const

/** Why no image can be built and booted here; undefined when it can: what is missing is installed where apt-get is. */
export function noImages(): string | undefined {
  if (process.platform !== 'linux') return 'cannot be installed: images are built and booted on Linux only'
  if (process.getuid?.() !== 0) return 'building an image needs root: it mounts, and makes a base'
  const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child', 'ip', 'link', 'set', 'lo', 'up']
  if (spawnSync('unshare', namespaces).status !== 0)
    return 'cannot be installed: this container may make no namespaces of its own'
  const missing = () =>
    Object.entries(packages).flatMap(([name, program]) =>
      spawnSync(program, ['--version']).error ? [name] : [],
    )
  if (missing().length > 0) install(missing())
  return missing().length === 0 ? undefined : `not installed: ${missing().join(', ')} (apt-get install them)`
}

function install(names: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const wait = ['-o', 'DPkg::Lock::Timeout=120']
  for (const words of [['update'], ['install', '-y', '--no-install-recommends', ...names]])
    spawnSync('apt-get', [...wait, ...words], { env, stdio: ['ignore', 'ignore', 'inherit'] })
}
