import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { schema } from '../../../services/state/child/jobs/schema.ts'
import { reportedAt } from './post-points.ts'

/** Rows per second of SQLite alone, with the same table and the same promise: `perCommit` rows and then the disk. */
export function bareRate(perCommit: number, ms: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'podmate-bare-'))
  const db = new DatabaseSync(join(folder, 'bare.sqlite'), { enableForeignKeyConstraints: false })
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;')
    db.exec(schema)
    const names = Object.keys(reportedAt(0))
    const columns = ['id', 'job_id', 'timestamp', ...names]
    const insert = db.prepare(
      `INSERT INTO local_training_metrics (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    )
    const job = '00000000-0000-4000-8000-000000000000'
    const startedMs = performance.now()
    let rows = 0
    while (performance.now() - startedMs < ms) {
      db.exec('BEGIN IMMEDIATE')
      for (let at = 0; at < perCommit; at += 1) {
        rows += 1
        insert.run(rows, job, rows, ...Object.values(reportedAt(rows)))
      }
      db.exec('COMMIT')
    }
    return (rows / (performance.now() - startedMs)) * 1000
  } finally {
    db.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
