import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { noMounts, tmpfs } from '../../fixtures/state/mounts.ts'
import { readyStatePod } from '../../fixtures/state/state-pod.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

describe('folder()', () => {
  test('says whether a folder is on the disk that a stop clears, and whether files are in it', async ({
    skip,
  }) => {
    skip(noMounts() !== undefined, noMounts())
    const { port } = await readyStatePod(temporaryFolder())
    const [mounted, container] = [tmpfs(100), temporaryFolder()]
    expect(await port.folder(mounted)).toEqual({ path: mounted, place: 'volume', hasFiles: false })
    mkdirSync(join(container, 'deep/er'), { recursive: true })
    const found = { path: container, place: 'container' }
    expect(await port.folder(container)).toEqual({ ...found, hasFiles: false })
    writeFileSync(join(container, 'deep/er/step-1.pt'), '')
    expect(await port.folder(container)).toEqual({ ...found, hasFiles: true })
    const absent = join(container, 'none')
    expect(await port.folder(absent)).toEqual({ path: absent, place: 'absent', hasFiles: false })
  })
})
