import type { FileBook } from './file-book.ts'
import type { RemoteFile } from './hub/hub-repo.ts'
import { isOnHub } from './is-on-hub.ts'
import type { FlushOutcome } from './protocol.ts'
import type { ScannedFile } from './scan-folder.ts'

const mostNamed = 1000

/**
 * Files that are there and are not known to be safe. Without a listing of the Hub, what the journal calls committed is
 * taken for safe.
 */
export function* unsafeFiles(
  book: FileBook,
  remote: ReadonlyMap<string, RemoteFile> | undefined,
): Generator<ScannedFile> {
  const safe = new Set<string>()
  for (const version of book.versions()) {
    const isSafe =
      remote === undefined
        ? book.stateOf(version) === 'committed'
        : isOnHub(version, remote.get(version.remotePath))
    if (isSafe) safe.add(version.remotePath)
  }
  for (const file of book.scan?.files.values() ?? []) {
    if (!safe.has(file.remotePath) && !book.isRefused(file.remotePath)) yield file
  }
}

/** What a flush has not made safe, and why. */
export function leftBehind(
  book: FileBook,
  remote: ReadonlyMap<string, RemoteFile> | undefined,
  reason: string,
): FlushOutcome {
  const files = [...unsafeFiles(book, remote)]
  const left = files.map(({ remotePath }) => remotePath).sort()
  const leftBytes = files.reduce((sum, { identity }) => sum + identity.size, 0)
  const counts = { left: left.slice(0, mostNamed), leftFiles: left.length, leftBytes }
  if (left.length === 0) return counts
  const [first] = files.flatMap(({ remotePath }) => {
    const note = book.noteOf(remotePath)
    return note === undefined ? [] : [`${remotePath}: ${note}`]
  })
  return { ...counts, reason: first === undefined ? reason : `${reason}; ${first}` }
}
