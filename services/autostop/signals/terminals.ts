import { fstatSync, readdirSync, statSync } from 'node:fs'
import { accountName } from './account-name.ts'

/** A pseudo terminal that is open. Times are of the wall clock in ms, whole seconds of the kernel, up to 8 s old. */
export interface Terminal {
  /** `pts/0` */
  readonly name: string
  readonly user: string
  /** When somebody's typing was last read from it, or when it was opened. */
  readonly inputMs: number
  /** Whether anything was typed at all; the first 8 s may be missed. */
  readonly typed: boolean
  /** When something was last written to it; undefined where podmate itself writes its log. */
  readonly outputMs: number | undefined
}

/** The kernel moves the times of a terminal only when more than the lowest three bits of the second change. */
export const terminalGranuleMs = 8000

/** All pseudo terminals, whoever opened them, but the one of podmate's log unless somebody types on it. */
export function listTerminals(folder = '/dev/pts'): readonly Terminal[] {
  const own = ownTerminal()
  return namesIn(folder).flatMap((name) => {
    const found = statOf(`${folder}/${name}`)
    if (!found) return []
    const { uid, rdev, atimeMs, mtimeMs, ctimeMs } = found
    // Only a new owner or mode, given when it is opened, moves the third time.
    const typed = atimeMs > ctimeMs
    const times = { inputMs: blockStart(atimeMs), typed, outputMs: own.has(rdev) ? undefined : mtimeMs }
    return own.has(rdev) && !typed ? [] : [{ name: `pts/${name}`, user: accountName(uid), ...times }]
  })
}

/** The first moment of its 8 seconds: what is typed later in them does not move it. */
const blockStart = (ms: number) => ms - (ms % terminalGranuleMs)

function ownTerminal(): ReadonlySet<number> {
  const devices = [0, 1, 2].flatMap((fd) => {
    try {
      return [fstatSync(fd).rdev]
    } catch {
      return [] // closed
    }
  })
  return new Set(devices.filter((device) => device !== 0))
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => /^\d+$/.test(name))
  } catch {
    return []
  }
}

function statOf(path: string) {
  return statSync(path, { throwIfNoEntry: false })
}
