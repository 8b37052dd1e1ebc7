import { closeSync, openSync, renameSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { schema, schemaVersion } from './schema.ts'
import { isDamage } from './sqlite-failure.ts'

/** Up to this size a start looks at the whole file; damage in a larger one shows when it is met. */
const checkedBytes = 16 << 20

export interface Opened {
  readonly db: DatabaseSync
  /** What must be told: the old file was damaged, and is kept under another name. */
  readonly said: readonly string[]
}

/** Opens or makes the database, mode 0600. A damaged one is kept aside under another name, and a new one begun. */
export function openDatabase(path: string, nowMs = Date.now()): Opened {
  try {
    return { db: opened(path), said: [] }
  } catch (error) {
    if (!isDamage(error)) throw error
    const said = keepAside(path, nowMs, error)
    return { db: opened(path), said: [said] }
  }
}

/** Renames a damaged database and what belongs to it; tells where it is now. */
export function keepAside(path: string, nowMs: number, why: unknown): string {
  const aside = `${path}.damaged-${new Date(nowMs).toISOString().replaceAll(/[:.]/g, '-')}`
  renameSync(path, aside)
  for (const end of ['-wal', '-journal', '-shm']) renameIfThere(path + end, aside + end)
  const reason = why instanceof Error ? why.message : String(why)
  return `${path} is damaged (${reason}): it is kept as ${aside}, and a new one is begun; the curves so far are in the old one`
}

function opened(path: string): DatabaseSync {
  closeSync(openSync(path, 'a', 0o600)) // SQLite would make it readable for all, and says less about why it cannot
  const db = new DatabaseSync(path, { enableForeignKeyConstraints: false, timeout: 0 })
  try {
    // Exclusive: without shared memory the write-ahead log needs nothing that a network volume lacks.
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;')
    db.exec('PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000; PRAGMA journal_size_limit = 16777216;')
    demandVersion(db, path)
    if (statSync(path).size <= checkedBytes) demandWhole(db)
    db.exec(schema)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

function demandVersion(db: DatabaseSync, path: string): void {
  const found = Number(db.prepare('PRAGMA user_version').get()?.user_version)
  if (found > schemaVersion) {
    throw new Error(
      `${path} was written by a newer podmate (version ${found}); start that one, or move the file away`,
    )
  }
}

/** An error that `isDamage` knows. */
export class Damaged extends Error {
  readonly errcode = 11
}

function demandWhole(db: DatabaseSync): void {
  const result = String(db.prepare('PRAGMA quick_check(1)').get()?.quick_check)
  if (result !== 'ok') throw new Damaged(result)
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch {
    // Not there: nothing was pending.
  }
}
