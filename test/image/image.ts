import type { ImageConfig } from './build/image.ts'

/** The image under test, as run.ts hands it over. */
interface ImageUnderTest {
  readonly config: ImageConfig
  readonly layers: number
  /** Its files, and those of what it was built on; not to be written to. */
  readonly root: string
  readonly base: string
  readonly name: string
  /** Buildah's words before a subcommand. */
  readonly buildah: readonly string[]
}

export const image: ImageUnderTest = JSON.parse(process.env.PODMATE_IMAGE ?? 'null')
if (image === null) throw new Error('run these tests by `npm run test:image`: it builds the image first')

/** The environment that a container of it gets, without what its user adds. */
export const imageEnv: Readonly<Record<string, string>> = Object.fromEntries(
  image.config.Env.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
)
