import { readdir, readFile, readlink } from 'node:fs/promises'

const unknown = 'a program that podmate cannot see (owner unknown)'
const shownCommand = 80

/** Who listens on a TCP port of this machine, in words: `pid 12 (python -m http.server)`. Never rejects. */
export async function portOwner(port: number, proc = '/proc'): Promise<string> {
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readText(`${proc}/net/${name}`)))
  const links = new Set(
    tables.flatMap((table) => listeningInodes(table, port)).map((inode) => `socket:[${inode}]`),
  )
  if (links.size === 0) return unknown
  for (const pid of await processIds(proc)) {
    if (await holds(`${proc}/${pid}/fd`, links)) return `pid ${pid} (${await commandOf(`${proc}/${pid}`)})`
  }
  return unknown
}

/** The socket inodes that listen on `port`, from the text of /proc/net/tcp. Pure. */
export function listeningInodes(table: string, port: number): readonly string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const rows = table.split('\n').map((line) => line.trim().split(/\s+/))
  return rows.flatMap((row) => (row[3] === '0A' && row[1]?.endsWith(suffix) && row[9] ? [row[9]] : []))
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
  const words = (await readText(`${folder}/cmdline`)).split('\0').join(' ').trim()
  return words.length > shownCommand ? `${words.slice(0, shownCommand)}…` : words || 'no command line'
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '')
}
