import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from './write-whole.ts'

/** Where podmate left HEAD: it moves HEAD elsewhere only from there. Its presence says that a clone is complete. */
export interface GitMarker {
  /** The branch that was checked out; absent = a detached commit. */
  readonly branch?: string
  /** Not only where HEAD was put, but also where it was brought to since. */
  readonly commit?: string
}

const nameOf = (dir: string) => join(dir, '.git/podmate.json')

/** The marker of a checkout; undefined for one that podmate did not make. */
export function readMarker(dir: string): GitMarker | undefined {
  try {
    return JSON.parse(readFileSync(nameOf(dir), 'utf8')) as GitMarker // written by writeMarker, whole or not at all
  } catch {
    return undefined // none, or damaged: then HEAD is the user's business
  }
}

export function writeMarker(dir: string, marker: GitMarker): void {
  writeWhole(nameOf(dir), `${JSON.stringify(marker)}\n`)
}
