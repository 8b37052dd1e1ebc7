import { extname } from 'node:path'
import { ModelRefused } from '../model-refused.ts'
import { openTorchArchive } from '../pickle/torch-archive.ts'
import type { FileVersion, Rejection } from '../protocol.ts'
import { type ModelCandidate, versionOf } from './find-models.ts'

const mostKnown = 1000

/** The first of some files that is whole, and those before it that are not, each with the reason. */
export interface Completeness {
  readonly newest: FileVersion | undefined
  readonly cut: readonly Rejection[]
}

/**
 * Looks whether files are whole by their format, so that nothing is started for one that is still being written. What was
 * found out about a version is remembered.
 */
export function completeness(): (files: readonly FileVersion[]) => Promise<Completeness> {
  const known = new Map<string, string | undefined>()
  return async (files) => {
    const cut: Rejection[] = []
    for (const file of files) {
      const key = `${file.path} ${file.version}`
      try {
        if (!known.has(key)) remember(known, key, await problemOf(file))
      } catch (error) {
        cut.push({
          ...identity(file),
          reason: error instanceof Error ? error.message : String(error),
          passing: true,
        })
        continue
      }
      const reason = known.get(key)
      if (reason === undefined) return { newest: file, cut }
      cut.push({ ...identity(file), reason })
    }
    return { newest: undefined, cut }
  }
}

function identity({ path, version }: FileVersion) {
  return { path, version }
}

function remember(known: Map<string, string | undefined>, key: string, reason: string | undefined): void {
  if (known.size >= mostKnown) known.clear()
  known.set(key, reason)
}

/** Rejects when the file system does not let it be seen. */
async function problemOf({ path, bytes }: FileVersion): Promise<string | undefined> {
  if (bytes === 0) return 'it is empty'
  if (extname(path) !== '.pt') return undefined // only the graph itself can tell
  try {
    const archive = await openTorchArchive(path, () => {})
    archive.close()
    return undefined
  } catch (error) {
    if (error instanceof ModelRefused) return error.message
    throw error
  }
}

/** A candidate as it is told to the other process. */
export function fileVersion(candidate: ModelCandidate): FileVersion {
  const { path, bytes, mtimeMs } = candidate
  return { path, bytes, mtimeMs, version: versionOf(candidate) }
}
