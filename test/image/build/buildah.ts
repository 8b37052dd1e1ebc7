import { spawnSync } from 'node:child_process'
import { mkdirSync, statfsSync } from 'node:fs'
import { join } from 'node:path'

const overlayFs = 0x794c7630

/** A store of images in a folder of its own. */
export class Buildah {
  /** Words before the subcommand. */
  readonly words: readonly string[]

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true })
    // An overlay cannot lie on another one, which is what the disk of many containers is.
    const driver = statfsSync(folder).type === overlayFs ? 'vfs' : 'overlay'
    const places = ['--root', join(folder, 'store'), '--runroot', join(folder, 'run')]
    this.words = ['--storage-driver', driver, ...places]
  }

  /** What it printed, without the last line end; throws with its last words when it fails. */
  run(...words: readonly string[]): string {
    const { status, stdout, stderr, error } = spawnSync('buildah', [...this.words, ...words], {
      encoding: 'utf8',
      maxBuffer: 1e9,
    })
    if (error) throw error
    if (status !== 0) throw new Error(`buildah ${words[0]}: ${`${stdout}${stderr}`.slice(-3000)}`)
    return stdout.trim()
  }

  /** Mounts an image to be read; the folder, and how to let go of it. */
  mount(image: string): { readonly root: string; readonly release: () => void } {
    const container = this.run('from', '--pull-never', image)
    return { root: this.run('mount', container), release: () => void this.run('rm', container) }
  }
}
