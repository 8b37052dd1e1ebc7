import { BootstrapFailure } from '../exit-codes.ts'
import type { Order } from '../orders.ts'

const meanings: Readonly<Record<string, string>> = {
  EACCES: 'it may not be written; look at its modes and those of the folder above, or choose another',
  EPERM: 'this is not allowed here; look at its modes, or choose another folder',
  EROFS: 'its volume is read-only; mount it for writing, or choose another folder',
  ENOTDIR: 'it is no folder; correct it',
  EEXIST: 'something that is no folder lies there; correct it',
  EIO: 'its volume answers with errors; look at the volume',
  ESTALE: 'its volume has gone; look at the volume',
}

/** A failed file call in words that name the variable; undefined for what is not one: a fault of our own. */
export function systemFailure(error: unknown, phase: Order['phase']): BootstrapFailure | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined
  const variable = phase === 'repo' ? 'REPO_DIR' : 'VENV_DIR'
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') {
    return new BootstrapFailure(
      'diskFull',
      `${variable}: its volume is full; free some space (${error.message})`,
    )
  }
  const meaning = meanings[error.code]
  return meaning === undefined
    ? undefined
    : new BootstrapFailure('notAllowed', `${variable}: ${meaning} (${error.message})`)
}
