import { constants, type Stats } from 'node:fs'
import { type FileHandle, lstat, open, readdir, readFile, readlink, rename } from 'node:fs/promises'
import { dirname, join, parse, resolve } from 'node:path'

/** Somebody else could put something of their own in the place of what root writes. */
export class Unguarded extends Error {
  readonly code = 'UNGUARDED'
}

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants
const sticky = 0o1000
const linksAtMost = 40

/**
 * Demands that nobody but root can swap a folder on the way to `folder`, itself included: whoever could, would choose what root writes
 * to. Where `folder` itself belongs to an account of this machine (a volume that was given to RUNNER_USER) it becomes root's, with the
 * sticky bit: its former owner goes on making, changing and removing what is theirs there. Gives what was changed, as sentences.
 * Nothing to do for anybody but root. Rejects with Unguarded; missing folders are no fault here.
 */
export async function guardWay(folder: string): Promise<readonly string[]> {
  if (process.getuid?.() !== 0) return []
  const said: string[] = []
  let links = 0
  let waiting = parts(resolve(folder))
  let at = '/'
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const path = join(at, name)
    const found = await lstat(path).catch(() => undefined)
    if (found === undefined) return said
    if (found.isSymbolicLink()) {
      if (!(await isNobodys(found.uid)))
        throw new Unguarded(`${path} is a link of uid ${found.uid}: only root's links are followed here`)
      links += 1
      if (links > linksAtMost) throw new Unguarded(`${path} leads through more than ${linksAtMost} links`)
      const target = resolve(at, await readlink(path))
      waiting = [...parts(target), ...waiting]
      at = '/'
      continue
    }
    if (!(await isSafe(found))) {
      const isLast = waiting.length === 0
      if (!isLast && found.uid !== 0) throw new Unguarded(unguarded(path, found))
      said.push(await makeSafe(path, found))
    }
    at = path
  }
  return said
}

/**
 * Makes a folder that is there root's own: nobody else may write in it, and what others have put there that is no plain file of its own
 * (links, hard links, pipes) is set aside as `not-ours-<name>`. Gives what was changed. Nothing to do for anybody but root.
 */
export async function takeBack(folder: string): Promise<readonly string[]> {
  if (process.getuid?.() !== 0) return []
  await using held = await openFolder(folder)
  const before = await held.stat()
  if ((await isNobodys(before.uid)) && (before.mode & 0o022) === 0) return []
  await held.chmod(0o700).catch(() => {})
  await held.chown(0, 0).catch(() => {})
  await demandSame(folder, held)
  const after = await held.stat()
  if (!(await isSafe(after)))
    return [`${folder} keeps neither owners nor modes: whoever may write there may change podmate's state`]
  const aside = await setAside(folder)
  return [
    `${folder} belonged to uid ${before.uid} (mode ${octal(before)}): it is root's again`,
    ...(aside.length === 0
      ? []
      : [`in ${folder} these were no plain files and are set aside: ${aside.join(', ')}`]),
  ]
}

const parts = (path: string) => path.slice(parse(path).root.length).split('/').filter(Boolean)

/** Only root can rename what root has put there: nobody runs here as the owner, and others may not, or only with their own. */
async function isSafe({ uid, mode }: Stats): Promise<boolean> {
  return (await isNobodys(uid)) && ((mode & 0o022) === 0 || (mode & sticky) !== 0)
}

/**
 * Root, a number without an account here, as the folders of a host have, or whoever owns the code that root runs here: they could do as
 * root does in any case.
 */
async function isNobodys(uid: number): Promise<boolean> {
  if (uid === 0 || (await groupOf(uid)) === undefined) return true
  return uid === (await lstat(import.meta.filename)).uid
}

const octal = ({ mode }: Stats) => (mode & 0o7777).toString(8)

function unguarded(path: string, found: Stats): string {
  const who = found.uid === 0 ? `is open to others (mode ${octal(found)})` : `belongs to uid ${found.uid}`
  return `${path} ${who}, who could swap what root writes below it; chown root and chmod +t it`
}

async function makeSafe(path: string, found: Stats): Promise<string> {
  const group = found.uid === 0 ? undefined : await groupOf(found.uid)
  await using held = await openFolder(path)
  await demandSame(path, held)
  if (group !== undefined) await held.chown(0, group).catch(() => {})
  const mode = group === undefined ? found.mode | sticky : found.mode | sticky | 0o070
  await held.chmod(mode & 0o7777).catch(() => {})
  const after = await held.stat()
  if (!(await isSafe(after)))
    return `${path} keeps neither owners nor modes: whoever may write there may swap podmate's state`
  const before = found.uid === 0 ? `mode ${octal(found)}` : `uid ${found.uid}, mode ${octal(found)}`
  return `${path} is root's now, with the sticky bit (mode ${octal(after)}; before: ${before}), so that podmate's state cannot be swapped; accounts go on writing there as before`
}

/** The first group of an account of this machine. */
async function groupOf(uid: number): Promise<number | undefined> {
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  const gid = accounts.find(([, , id]) => id === String(uid))?.[3]
  return gid === undefined ? undefined : Number(gid)
}

function openFolder(path: string): Promise<FileHandle> {
  return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
}

/** What was opened must be what lies there still, and may be changed by none but root from here on. */
async function demandSame(path: string, held: FileHandle): Promise<void> {
  const [there, opened] = [await lstat(path), await held.stat()]
  if (there.ino !== opened.ino || there.dev !== opened.dev)
    throw new Unguarded(`${path} was swapped while it was looked at`)
}

async function setAside(folder: string): Promise<readonly string[]> {
  const aside: string[] = []
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      for (const sentence of await takeBack(path)) aside.push(sentence)
      continue
    }
    const isPlain = entry.isFile() && (await ownPlainFile(path))
    if (isPlain || entry.name.startsWith('not-ours-')) continue
    await rename(path, join(dirname(path), `not-ours-${entry.name}`))
    aside.push(entry.name)
  }
  return aside
}

/** Gives a file to root; false when it has another name elsewhere, too. */
async function ownPlainFile(path: string): Promise<boolean> {
  await using file = await open(path, O_RDONLY | O_NOFOLLOW | constants.O_NONBLOCK)
  const { nlink } = await file.stat()
  if (nlink > 1) return false
  await file.chown(0, 0).catch(() => {})
  return true
}
