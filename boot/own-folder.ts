import { createHash } from 'node:crypto'
import { accessSync, constants } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A name for what belongs to the podmate with this state folder and lies elsewhere. */
export function instanceName(stateDir: string): string {
  return createHash('sha256').update(stateDir).digest('hex').slice(0, 12)
}

/** Where a service may keep its running files, on the container's own disk: /run/podmate, else a temporary folder. */
export function ownFolder(service: string, stateDir: string): string {
  const name = `${service}-${instanceName(stateDir)}`
  return canWrite('/run') ? join('/run/podmate', name) : join(tmpdir(), `podmate-${ownUid()}-${name}`)
}

/** Whose folders these are; a uid that is no account, as containers may be given, is one too. */
export function ownUid(): number {
  return process.getuid?.() ?? 0
}

function canWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}
