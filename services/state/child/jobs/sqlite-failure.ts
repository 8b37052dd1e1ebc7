import type { Failure } from '../../protocol.ts'

/** SQLite's primary codes, as the system would have called them. */
const systemCodes: Readonly<Record<number, string>> = {
  3: 'EACCES',
  5: 'EBUSY',
  8: 'EROFS',
  10: 'EIO',
  13: 'ENOSPC',
  14: 'EIO',
  15: 'EBUSY',
}

/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const damageCodes: readonly number[] = [11, 26]

/** Whether an error says that the file is no good database any more. */
export function isDamage(error: unknown): boolean {
  return damageCodes.includes(primaryCode(error))
}

/** An error of SQLite or of the file system, as the state service understands it. */
export function sqliteFailure(error: unknown, path: string): Failure {
  const message = error instanceof Error ? error.message : String(error)
  const code = systemCodes[primaryCode(error)] ?? codeOf(error)
  return { code, message: `${path}: ${message}`, path }
}

function primaryCode(error: unknown): number {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN'
}
