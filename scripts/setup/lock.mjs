import { createHash, randomUUID } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const pollMs = 200

/** Runs `work`, which is over when it returns, while nobody else runs any for `root`; waits for whoever does. One that died is no obstacle. */
export async function exclusively(root, work) {
  const path = lockPath(root)
  let said = false
  while (!take(path)) {
    const owner = read(path)
    if (owner === undefined) continue
    if (!isAlive(owner)) {
      clear(path, owner)
      continue
    }
    if (!said) console.error(`setup: waiting for another set-up of this folder (pid ${owner.split(' ')[0]})`)
    said = true
    await pause(pollMs)
  }
  try {
    return work()
  } finally {
    rmSync(path, { force: true })
  }
}

/** Outside the folder: `npm ci` empties node_modules, and the clone stays clean. */
function lockPath(root) {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16)
  return join(tmpdir(), `podmate-setup-${process.getuid?.() ?? 0}-${name}.lock`)
}

/** The file comes into being with its text in it. */
function take(path) {
  const draft = `${path}.${randomUUID()}`
  writeFileSync(draft, `${process.pid} ${startTime(process.pid)}`)
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

function read(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined // given back meanwhile
  }
}

function isAlive(owner) {
  const [pid, started] = owner.split(' ')
  try {
    process.kill(Number(pid), 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
  return startTime(pid) === started
}

/** Takes a dead owner's lock away, unless somebody else has taken it meanwhile. */
function clear(path, owner) {
  const aside = `${path}.${randomUUID()}`
  try {
    renameSync(path, aside)
  } catch {
    return // somebody was faster
  }
  if (read(aside) !== owner) renameSync(aside, path)
  else rmSync(aside, { force: true })
}

/** Tells a process from a later one with the same pid; empty where there is no /proc. */
function startTime(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return ''
  }
}
