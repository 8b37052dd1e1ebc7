import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'

const overlayFs = 0x794c7630
/** Every change of the sources leaves some layers behind; above this much, all is built anew, which takes two minutes. */
const mostMegabytes = 6000

/** A store of images in a folder of its own, for one process at a time. */
export class Buildah {
  /** Words before the subcommand. */
  readonly words: readonly string[]
  readonly #store: string

  constructor(folder: string) {
    this.#store = join(folder, 'store')
    // An overlay cannot lie on another one, which is what the disk of many containers is.
    const driver = statfsSync(folder).type === overlayFs ? 'vfs' : 'overlay'
    this.words = ['--storage-driver', driver, '--root', this.#store, '--runroot', join(folder, 'run')]
    this.#tidy()
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

  /** Mounts an image to be read, until the store is closed; the folder. */
  mount(image: string): string {
    return this.run('mount', this.run('from', '--pull-never', image))
  }

  /** Lets go of all that is mounted. */
  close(): void {
    this.run('rm', '--all')
    spawnSync('umount', ['--lazy', join(this.#store, 'overlay')]) // it leaves that mounted
  }

  /** What a run that was killed left here, and what became too large. */
  #tidy(): void {
    mkdirSync(this.#store, { recursive: true })
    this.close()
    const { stdout } = spawnSync('du', ['-sxm', this.#store], { encoding: 'utf8' })
    if (Number.parseInt(stdout, 10) > mostMegabytes) rmSync(this.#store, { recursive: true })
  }
}
