import { lstatSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { identityOf } from './file-identity.ts'
import { pathProblem } from './path-policy.ts'
import type { References } from './references.ts'
import { type FolderContent, type FolderRules, type ScannedFile, tooLarge } from './scan-folder.ts'
import { secretName } from './secret-names.ts'

/**
 * A folder's content with what its files refer to, whatever the patterns say of it: `needs` of a file names it; `lacks` says why it
 * cannot go up, `waits` that it is not there.
 */
export async function withBelongings(
  content: FolderContent,
  references: References,
  rules: FolderRules,
): Promise<FolderContent> {
  const files = new Map(content.files.map((file) => [file.path, file]))
  for (const file of content.files) {
    const names = await references.of(file)
    if (names.length === 0) continue
    const found = names.map((name) => belonging(file, name, rules))
    const parts = found.flatMap(({ part }) => part ?? [])
    for (const part of parts) if (!files.has(part.path)) files.set(part.path, part)
    const lacks = found.find((one) => one.lacks !== undefined)?.lacks
    const waits = found.find((one) => one.waits !== undefined)?.waits
    files.set(file.path, {
      ...file,
      needs: parts.map(({ remotePath }) => remotePath),
      ...(lacks === undefined ? {} : { lacks }),
      ...(waits === undefined ? {} : { waits }),
    })
  }
  const unmatched = content.unmatched.filter((path) => !files.has(path))
  return { ...content, files: [...files.values()], unmatched }
}

interface Belonging {
  readonly part?: ScannedFile
  readonly lacks?: string
  readonly waits?: string
}

function belonging(file: ScannedFile, name: string, { maxFileBytes }: FolderRules): Belonging {
  const shown = JSON.stringify(name.slice(0, 200))
  if (name === '' || name === '.' || name === '..' || /[/\\\0]/.test(name))
    return { lacks: `it belongs with ${shown}, which is not in its folder: put both into one folder` }
  // A name may be written in another form of Unicode than the file system keeps.
  const forms = [...new Set([name, name.normalize('NFC'), name.normalize('NFD')])]
  for (const form of forms) {
    const path = join(dirname(file.path), form)
    const stats = lstatSync(path, { throwIfNoEntry: false })
    if (stats === undefined) continue
    const problem = stats.isFile()
      ? (secretName(form) ??
        pathProblem(form) ??
        (stats.size > maxFileBytes ? tooLarge(stats.size, maxFileBytes) : undefined))
      : 'it is no regular file'
    if (problem !== undefined) return { lacks: `it belongs with ${shown}, which does not go up: ${problem}` }
    const folder = file.remotePath.slice(0, file.remotePath.lastIndexOf('/') + 1)
    return { part: { path, remotePath: folder + name.normalize('NFC'), identity: identityOf(stats) } }
  }
  return { waits: `it belongs with ${shown}, which is not there` }
}
