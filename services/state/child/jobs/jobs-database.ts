import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Part } from './place-point.ts'

/** What is known of a job's points without asking the file each time. */
export interface PointsOf {
  /** -1: none yet. */
  maxStep: number
  /** That of the highest step that says one. */
  lastEpoch: number | undefined
  /** In the order of their epochs; before the first of them steps are as they were reported. */
  readonly parts: Part[]
  /** Names of its numbers by their place in the kept extremes. */
  readonly names: string[]
  readonly places: Map<string, number>
}

/** The open database with its prepared statements. What it remembers is dropped when a transaction fails. */
export class JobsDatabase {
  readonly db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  readonly #points = new Map<string, PointsOf>()
  #lastId: number | undefined

  constructor(db: DatabaseSync) {
    this.db = db
  }

  /** A prepared statement that gives rows as objects. */
  rows(sql: string): StatementSync {
    return this.#prepared(sql, false)
  }

  /** A prepared statement that gives rows as arrays, which is faster. */
  arrays(sql: string): StatementSync {
    return this.#prepared(sql, true)
  }

  /** On disk when it returns; nothing of it is there when it throws. */
  transaction<T>(work: () => T): T {
    this.db.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      this.db.exec('COMMIT')
      return result
    } catch (error) {
      this.#forget()
      if (this.db.isTransaction) this.db.exec('ROLLBACK')
      throw error
    }
  }

  /** The highest row id of a point that was ever used. */
  lastId(): number {
    this.#lastId ??= Number(this.rows('SELECT max(id) AS last FROM local_training_metrics').get()?.last ?? 0)
    return this.#lastId
  }

  /** One that was never used before. */
  nextId(): number {
    this.#lastId = this.lastId() + 1
    return this.#lastId
  }

  pointsOf(jobId: string): PointsOf {
    const known = this.#points.get(jobId) ?? this.#readPoints(jobId)
    this.#points.set(jobId, known)
    return known
  }

  #prepared(sql: string, asArrays: boolean): StatementSync {
    const key = `${asArrays} ${sql}`
    const known = this.#statements.get(key)
    if (known) return known
    const made = this.db.prepare(sql)
    made.setReturnArrays(asArrays)
    this.#statements.set(key, made)
    return made
  }

  #readPoints(jobId: string): PointsOf {
    const max = this.rows('SELECT max(step) AS step FROM local_training_metrics WHERE job_id = ?').get(jobId)
    const names = this.rows('SELECT name FROM local_training_names WHERE job_id = ? ORDER BY position')
      .all(jobId)
      .map(({ name }) => String(name))
    const epochSql =
      'SELECT epoch FROM local_training_metrics WHERE job_id = ? AND epoch IS NOT NULL ORDER BY step DESC LIMIT 1'
    const epoch = this.rows(epochSql).get(jobId)?.epoch
    const partsSql = 'SELECT epoch, first_step FROM local_training_parts WHERE job_id = ? ORDER BY epoch'
    const parts = this.rows(partsSql)
      .all(jobId)
      .map((row) => ({ epoch: Number(row.epoch), offset: Number(row.first_step) }))
    return {
      ...{
        maxStep: Number(max?.step ?? -1),
        lastEpoch: typeof epoch === 'number' ? epoch : undefined,
        parts,
      },
      ...{ names, places: new Map(names.map((name, at) => [name, at])) },
    }
  }

  #forget(): void {
    this.#points.clear()
    this.#lastId = undefined
  }
}
