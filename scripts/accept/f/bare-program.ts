import { bareRate } from './bare-sqlite.ts'

// SQLite alone, in a process of its own. argv: rows per commit, milliseconds. Prints rows per second.
const [perCommit = 1, ms = 1000] = process.argv.slice(2).map(Number)
console.log(bareRate(perCommit, ms))
