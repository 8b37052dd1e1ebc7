import { readdir, readFile, readlink } from 'node:fs/promises'
import { basename } from 'node:path'

const unknown = 'a program that podmate cannot see (owner unknown)'
const shownCommand = 80

/** The states of /proc/net/tcp that matter here. */
const listening = '0A'
const timeWait = '06'

/** Who listens on a TCP port of this machine, in words: `pid 12 (python -m http.server)`. Never rejects. */
export async function portOwner(port: number, proc = '/proc'): Promise<string> {
  const [pid] = await listeningProcesses(port, proc)
  return pid === undefined ? unknown : `pid ${pid} (${await commandOf(`${proc}/${pid}`)})`
}

/** The processes that listen on a TCP port of this machine, as far as they can be seen. Never rejects. */
export async function listeningProcesses(port: number, proc = '/proc'): Promise<readonly number[]> {
  const inodes = (await readTables(proc)).flatMap((table) => listeningInodes(table, port))
  return holdersOf(inodes, proc)
}

/** Whether anything listens on a TCP port of this machine; false where there is no /proc. Never rejects. */
export async function isListenedOn(port: number, proc = '/proc'): Promise<boolean> {
  return (await readTables(proc)).some((table) => listeningInodes(table, port).length > 0)
}

/** The processes that hold connections which came in at a TCP port of this machine. Never rejects. */
export async function connectedProcesses(port: number, proc = '/proc'): Promise<readonly number[]> {
  const inodes = (await readTables(proc)).flatMap((table) =>
    inodesOf(table, port, (state) => state !== listening && state !== timeWait),
  )
  return holdersOf(inodes, proc)
}

/** The socket inodes that listen on `port`, from the text of /proc/net/tcp. Pure. */
export function listeningInodes(table: string, port: number): readonly string[] {
  return inodesOf(table, port, (state) => state === listening)
}

function inodesOf(table: string, port: number, isWanted: (state: string) => boolean): readonly string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const rows = table.split('\n').map((line) => line.trim().split(/\s+/))
  return rows.flatMap(([, local = '', , state = '', , , , , , inode]) =>
    isWanted(state) && local.endsWith(suffix) && inode !== undefined && inode !== '0' ? [inode] : [],
  )
}

function readTables(proc: string): Promise<readonly string[]> {
  return Promise.all(['tcp', 'tcp6'].map((name) => readText(`${proc}/net/${name}`)))
}

/** The processes with one of these sockets, lowest pid first. */
async function holdersOf(inodes: readonly string[], proc: string): Promise<readonly number[]> {
  if (inodes.length === 0) return []
  const links = new Set(inodes.map((inode) => `socket:[${inode}]`))
  const pids = await processIds(proc)
  const found = await Promise.all(pids.map((pid) => holds(`${proc}/${pid}/fd`, links)))
  return pids.filter((_, index) => found[index])
}

async function processIds(proc: string): Promise<readonly number[]> {
  const names = await readdir(proc).catch(() => [])
  return names
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((one, other) => one - other)
}

async function holds(folder: string, links: ReadonlySet<string>): Promise<boolean> {
  const names = await readdir(folder).catch(() => []) // gone, or another user's
  const targets = await Promise.all(names.map((name) => readlink(`${folder}/${name}`).catch(() => '')))
  return targets.some((target) => links.has(target))
}

async function commandOf(folder: string): Promise<string> {
  const [program = '', ...args] = (await readText(`${folder}/cmdline`)).split('\0')
  // The folder of the program says little, and would push what says more beyond the cut.
  const words = [basename(program), ...args].join(' ').trim()
  return words.length > shownCommand ? `${words.slice(0, shownCommand)}…` : words || 'no command line'
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '')
}
