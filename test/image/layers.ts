import { execFileSync, spawnSync } from 'node:child_process'
import { createReadStream, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One layer of an image, as an archive on disk. */
export interface Layer {
  /** Paths in it, without a leading slash. */
  names(): readonly string[]
  /** Those of the texts that are anywhere in its bytes. */
  holding(texts: readonly string[]): Promise<readonly string[]>
}

interface Source {
  readonly name: string
  readonly buildah: readonly string[]
}

/** Writes all layers of an image into `folder`. */
export function layersOf({ name, buildah }: Source, folder: string): readonly Layer[] {
  execFileSync('buildah', [...buildah, 'push', '--quiet', '--disable-compression', name, `dir:${folder}`])
  const manifest: { layers: { digest: string }[] } = JSON.parse(
    readFileSync(join(folder, 'manifest.json'), 'utf8'),
  )
  return manifest.layers.map(({ digest }) => layer(join(folder, digest.replace('sha256:', ''))))
}

function layer(file: string): Layer {
  return {
    names() {
      const { stdout } = spawnSync('tar', ['-tf', file], { encoding: 'utf8', maxBuffer: 1e9 })
      return stdout.trim().split('\n')
    },
    async holding(texts) {
      const found = new Set<string>()
      const longest = Math.max(...texts.map((text) => text.length))
      let tail = Buffer.alloc(0)
      for await (const chunk of createReadStream(file, { highWaterMark: 4 << 20 })) {
        const bytes = Buffer.concat([tail, chunk])
        for (const text of texts) if (bytes.includes(text)) found.add(text)
        tail = bytes.subarray(-longest)
      }
      return [...found]
    },
  }
}
