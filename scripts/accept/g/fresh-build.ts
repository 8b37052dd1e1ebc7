import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Line } from '../line.ts'
import { imageTests } from './image-tests.ts'

/** The image, built with nothing that was there before: not even its base. On disk, because stores do not fit a tmpfs. */
export const freshBuild: Line = {
  title: 'build from nothing',
  async check() {
    const cache = mkdtempSync(join('/var/tmp', 'podmate-image-'))
    try {
      return await imageTests('', ['size'], { PODMATE_IMAGE_CACHE: cache }).check()
    } finally {
      rmSync(cache, { recursive: true, force: true })
    }
  },
}
