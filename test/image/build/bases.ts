import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { repository } from '../../fixtures/boot/podmate.ts'
import type { Buildah } from './buildah.ts'

/** Debian 12, and Ubuntu 22.04 as the Dockerfile's own base; where their packages are debootstrap knows. */
const components = { bookworm: 'main', jammy: 'main,universe' } as const

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

function releaseOf(name: string): keyof typeof components {
  if (name === 'bookworm' || name === 'jammy') return name
  throw new Error(`PODMATE_IMAGE_RELEASE must be one of ${Object.keys(components).join(', ')}, not ${name}`)
}

function system(cache: string): string {
  return made(join(cache, release), (root) => {
    const words = ['--variant=minbase', `--components=${components[release]}`, ...unsigned(), release, root]
    const { status, stdout } = spawnSync('debootstrap', words, { encoding: 'utf8' })
    if (status !== 0) throw new Error(`debootstrap: ${stdout.slice(-2000)}`)
    rmSync(join(root, 'var/lib/apt/lists'), { recursive: true }) // no image of a registry has them
    const sources = join(root, 'etc/apt/sources.list')
    const suite = readFileSync(sources, 'utf8')
    writeFileSync(sources, suite + suite.replaceAll(` ${release} `, ` ${release}-updates `))
    if (existsSync(hostCa)) {
      cpSync(hostCa, join(root, ca))
      writeFileSync(join(root, 'etc/pip.conf'), `[global]\ncert = ${ca}\n`)
    }
  })
}

/** Without Ubuntu's keys, which Debian seldom has, debootstrap would look for its packages at Debian's. */
function unsigned(): readonly string[] {
  const isKnown = release === 'bookworm' || existsSync('/usr/share/keyrings/ubuntu-archive-keyring.gpg')
  return isKnown ? [] : ['--no-check-gpg']
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
