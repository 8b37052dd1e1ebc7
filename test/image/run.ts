// Builds the image from the Dockerfile and runs the tests of this folder against it: `npm run test:image -- [vitest's own
// arguments]`. Pods get the ports 22, 8888 and 8000 of a network that has nothing else. Needs root on Debian.
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { exclusively } from '../../scripts/setup/lock.mjs'
import { repository } from '../fixtures/boot/podmate.ts'
import { bases, makeBases, release } from './build/bases.ts'
import { Buildah } from './build/buildah.ts'
import { makeContext } from './build/context.ts'
import { buildImage, imageName } from './build/image.ts'
import { noImages } from './build/programs.ts'

const cache = process.env.PODMATE_IMAGE_CACHE ?? join(homedir(), '.cache/podmate-image')

const reason = noImages()
if (reason !== undefined) throw new Error(`test:image: ${reason}`)
mkdirSync(cache, { recursive: true })
process.exitCode = await exclusively(cache, () => {
  const buildah = new Buildah(cache)
  try {
    return runTests(buildah, build(buildah))
  } finally {
    buildah.close()
  }
})

/** Makes the image; what has not changed since comes from the cache. */
function build(buildah: Buildah): ReturnType<typeof buildImage> {
  const startMs = performance.now()
  makeBases(buildah, cache)
  const basesMs = performance.now()
  const context = join(cache, 'context')
  makeContext(context)
  const built = buildImage(buildah, context)
  console.log(
    `[figures] build on ${release}: bases s ${seconds(startMs, basesMs)}, image s ${seconds(basesMs)}`,
  )
  return built
}

/** Gives vitest's exit code. */
function runTests(buildah: Buildah, built: ReturnType<typeof buildImage>): number {
  const [root, base] = [buildah.mount(imageName), buildah.mount(bases.BASE)]
  const facts = { ...built, root, base, buildah: buildah.words, name: imageName }
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/image/vitest.config.ts']
  const start = 'ip link set lo up; exec "$0" "$@"'
  const words = ['--net', '--mount', '/bin/sh', '-c', start, process.execPath, ...vitest]
  const { status } = spawnSync('unshare', [...words, ...process.argv.slice(2)], {
    cwd: repository,
    env: { ...process.env, PODMATE_IMAGE: JSON.stringify(facts) },
    stdio: 'inherit',
  })
  return status ?? 1
}

function seconds(fromMs: number, toMs = performance.now()): string {
  return ((toMs - fromMs) / 1000).toFixed(0)
}
