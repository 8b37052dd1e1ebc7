import { bases, release } from './bases.ts'
import type { Buildah } from './buildah.ts'

export const imageName = `localhost/podmate-test-on-${release}`

/** What an image says of itself and how it was made. */
export interface ImageConfig {
  readonly Env: readonly string[]
  readonly Entrypoint: readonly string[]
  readonly ExposedPorts: Readonly<Record<string, unknown>>
  readonly Labels: Readonly<Record<string, string>>
  readonly WorkingDir?: string
  readonly User?: string
  readonly Healthcheck?: { readonly Test: readonly string[] }
}

/** Builds the Dockerfile of a clone on the bases of `makeBases()`, without CUDA and PyTorch; gives its layers' ids. */
export function buildImage(
  buildah: Buildah,
  context: string,
): { readonly config: ImageConfig; readonly layers: number } {
  const values = { ...bases, ORT_CUDA: '', TORCH: 'none', REVISION: 'test' }
  const args = Object.entries(values).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`])
  buildah.run(
    ...['bud', '--layers', '--isolation', 'chroot', '--network', 'host', '--format', 'docker'],
    ...['--pull-never', ...args, '--tag', imageName, context],
  )
  const { Docker } = JSON.parse(buildah.run('inspect', '--type', 'image', imageName))
  return { config: Docker.config, layers: Docker.rootfs.diff_ids.length }
}
