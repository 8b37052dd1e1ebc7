import type { Stats } from 'node:fs'

/** What changes when a file is written again or replaced. */
export interface FileIdentity {
  readonly size: number
  readonly mtimeMs: number
  readonly ctimeMs: number
  readonly ino: number
}

/** The identity that `lstat` or `fstat` saw. Pure. */
export function identityOf({ size, mtimeMs, ctimeMs, ino }: Stats): FileIdentity {
  return { size, mtimeMs, ctimeMs, ino }
}

/** Whether both are of one version of one file. Pure. */
export function isSame(left: FileIdentity, right: FileIdentity): boolean {
  return (
    left.size === right.size &&
    left.mtimeMs === right.mtimeMs &&
    left.ctimeMs === right.ctimeMs &&
    left.ino === right.ino
  )
}
