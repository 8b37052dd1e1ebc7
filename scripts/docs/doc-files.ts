import { envExample } from './env-example.ts'
import { errorTable, stateTable, variableTables } from './tables.ts'
import { withGenerated } from './with-generated.ts'

export interface DocFile {
  readonly name: string
  /** The text in the repository. */
  readonly now: string
  /** The text that the schema and the code ask for. */
  readonly wanted: string
}

/** Every file that is printed from the code, in whole or between markers. */
export function docFiles(read: (name: string) => string): readonly DocFile[] {
  const readme = read('README.md')
  const sections = { variables: variableTables(), states: stateTable(), errors: errorTable() }
  return [
    { name: 'env.example', now: readOrNothing(read, 'env.example'), wanted: envExample() },
    { name: 'README.md', now: readme, wanted: withGenerated(readme, sections) },
  ]
}

function readOrNothing(read: (name: string) => string, name: string): string {
  try {
    return read(name)
  } catch {
    return '' // not there yet: it is about to be written
  }
}
