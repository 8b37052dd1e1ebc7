import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ifExists } from './if-exists.ts'
import { isAlive, isSameOwner, type Owner, ownerFile, ownerOf, parseOwner } from './owner.ts'
import { writeWhole } from './write-whole.ts'

/** Two that claim at the same moment both write; after this pause both see who wrote last. */
const settleMs = 50

/** Another podmate, alive on this machine, holds the folder. */
export class AlreadyRunning extends Error {
  readonly code = 'ALREADY_RUNNING'

  constructor({ pid, hostname }: Owner, folder: string) {
    super(
      `another podmate (pid ${pid} on ${hostname}) uses ${folder}; end it with \`podctl shutdown\`, or set POD_STATE_DIR to another folder`,
    )
  }
}

/**
 * Writes that the process `pid` owns the folder. Rejects with AlreadyRunning when another live process does. Gives a
 * description of the stale owner that was taken over, if there was one.
 */
export async function claim(folder: string, pid: number): Promise<string | undefined> {
  const path = join(folder, ownerFile)
  const mine = ownerOf(pid)
  const found = await ifExists(readFile(path, 'utf8'))
  const before = parseOwner(found ?? '')
  const again = before !== undefined && isSameOwner(before, mine)
  if (before && !again && isAlive(before)) throw new AlreadyRunning(before, folder)
  await writeWhole(path, `${JSON.stringify(mine)}\n`)
  if (again) return undefined
  await pause(settleMs)
  const winner = parseOwner((await ifExists(readFile(path, 'utf8'))) ?? '')
  if (winner && !isSameOwner(winner, mine) && isAlive(winner)) throw new AlreadyRunning(winner, folder)
  if (found === undefined) return undefined
  return before ? `pid ${before.pid} on ${before.hostname}` : 'an unreadable owner file'
}
