import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { continueInstance, instanceId } from '../supervisor/instance.ts'
import { readProcess } from '../supervisor/process-table.ts'
import { ownFolder, ownUid } from './own-folder.ts'

/** Which podmate runs with a state folder: `id` is what the marks of its processes end in. */
interface Incumbent {
  readonly id: string
  readonly pid: number
  readonly startTicks: number
}

/**
 * Takes over what a podmate has left that was killed (kill -9, out of memory) with this state folder on this machine:
 * services end its processes before they start their own. Gives what to say of it, and what to call at an orderly end.
 */
export function succeed(stateDir: string): {
  readonly warning: string | undefined
  readonly done: () => void
} {
  const file = ownFolder('instance', stateDir)
  const before = read(file)
  if (before && isAlive(before)) return { warning: undefined, done() {} } // it will be told that it is the second one
  if (before) continueInstance(before.id)
  const isKept = write(file)
  return {
    warning:
      before && `podmate was killed (pid ${before.pid}): what it left is ended, open SSH sessions live on`,
    done: () => isKept && rmSync(file, { force: true }),
  }
}

/** Undefined when there is none, or none of ours: in a temporary folder anybody may have put one. */
function read(file: string): Incumbent | undefined {
  try {
    const found = lstatSync(file)
    if (!found.isFile() || found.uid !== ownUid()) return undefined
    const [, id = '', pid, startTicks] = /^(\d+-\d+) (\d+) (\d+)\n$/.exec(readFileSync(file, 'utf8')) ?? []
    return id === '' ? undefined : { id, pid: Number(pid), startTicks: Number(startTicks) }
  } catch {
    return undefined
  }
}

function isAlive({ pid, startTicks }: Incumbent): boolean {
  return pid !== process.pid && readProcess(pid)?.startTicks === startTicks
}

/** False where it cannot be written: then whoever comes after a kill ends nothing. */
function write(file: string): boolean {
  const startTicks = readProcess(process.pid)?.startTicks
  if (startTicks === undefined) return false
  const whole = `${file}.${process.pid}`
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o755 })
    writeFileSync(whole, `${instanceId()} ${process.pid} ${startTicks}\n`, { mode: 0o600, flag: 'wx' })
    renameSync(whole, file)
    return true
  } catch {
    rmSync(whole, { force: true })
    return false
  }
}
