import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { repository } from '../../fixtures/boot/podmate.ts'
import type { Buildah } from './buildah.ts'

const releases = {
  bookworm: { mirror: 'http://deb.debian.org/debian', components: 'main' },
  /** Ubuntu 22.04, as the Dockerfile's own base. */
  jammy: { mirror: 'http://archive.ubuntu.com/ubuntu', components: 'main,universe' },
} as const

/** What the image stands on in this run. */
export const release = releaseOf(process.env.PODMATE_IMAGE_RELEASE ?? 'bookworm')

/** What a registry of images would give: a Debian or Ubuntu, and Node's own image. */
export const bases = {
  BASE: `localhost/podmate-test-${release}`,
  NODE: 'localhost/podmate-test-node',
} as const

const hostCa = '/etc/ssl/certs/ca-certificates.crt'
/** Where downloads go through a proxy with a CA of its own, npm and pip must know it; the Dockerfile must not. */
const ca = '/usr/local/share/host-ca.crt'

/** Makes both where they are not there yet: from debootstrap, and from the npm packages `node` and `npm`. */
export function makeBases(buildah: Buildah, cache: string): void {
  const known = buildah.run('images', '--format', '{{.Name}}').split('\n')
  if (!known.includes(bases.BASE)) buildah.run(...importing(system(cache), bases.BASE))
  if (!known.includes(bases.NODE)) buildah.run(...importing(nodeImage(cache), bases.NODE))
}

/** `<cache>/<name>/root` becomes the only layer of an image. */
function importing(folder: string, image: string): readonly string[] {
  const file = join(folder, 'Dockerfile')
  writeFileSync(file, 'FROM scratch\nADD root /\n')
  return ['bud', '--quiet', '--format', 'docker', '--tag', image, '--file', file, folder]
}

function releaseOf(name: string): keyof typeof releases {
  if (name === 'bookworm' || name === 'jammy') return name
  throw new Error(`PODMATE_IMAGE_RELEASE must be one of ${Object.keys(releases).join(', ')}, not ${name}`)
}

function system(cache: string): string {
  const { mirror, components } = releases[release]
  return made(join(cache, release), (root) => {
    // It checks signatures where the keys of the release are on this machine: those of Ubuntu seldom are.
    const words = ['--variant=minbase', `--components=${components}`, release, root, mirror]
    const { status, stdout } = spawnSync('debootstrap', words, { encoding: 'utf8' })
    if (status !== 0) throw new Error(`debootstrap: ${stdout.slice(-2000)}`)
    rmSync(join(root, 'var/lib/apt/lists'), { recursive: true }) // no image of a registry has them
    const suites = [release, `${release}-updates`].map(
      (suite) => `deb ${mirror} ${suite} ${components.replaceAll(',', ' ')}\n`,
    )
    writeFileSync(join(root, 'etc/apt/sources.list'), suites.join(''))
    if (existsSync(hostCa)) {
      cpSync(hostCa, join(root, ca))
      writeFileSync(join(root, 'etc/pip.conf'), `[global]\ncert = ${ca}\n`)
    }
  })
}

function nodeImage(cache: string): string {
  return made(join(cache, 'node'), (root) => {
    const [bin, modules] = [join(root, 'usr/local/bin'), join(root, 'usr/local/lib/node_modules')]
    for (const folder of [bin, modules]) mkdirSync(folder, { recursive: true })
    cpSync(join(repository, 'node_modules/node/bin/node'), join(bin, 'node'))
    const npm = join(modules, 'npm')
    cpSync(ownNpm(), npm, { recursive: true })
    if (existsSync(hostCa)) writeFileSync(join(npm, 'npmrc'), `cafile=${ca}\n`)
  })
}

/** The folder of this machine's npm. */
function ownNpm(): string {
  const { stdout } = spawnSync('/bin/sh', ['-c', 'readlink -f "$(command -v npm)"'], { encoding: 'utf8' })
  return join(stdout.trim(), '../..')
}

/** Makes `<folder>/root` once, whole or not at all; gives the folder. */
function made(folder: string, make: (root: string) => void): string {
  const [root, half] = [join(folder, 'root'), join(folder, 'half')]
  if (existsSync(root)) return folder
  rmSync(half, { recursive: true, force: true })
  mkdirSync(half, { recursive: true })
  make(half)
  renameSync(half, root)
  return folder
}
