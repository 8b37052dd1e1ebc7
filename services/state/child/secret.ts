import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { ifExists } from './if-exists.ts'
import { writeWhole } from './write-whole.ts'

/** The secret that the file holds; made of 32 random hexadecimal digits when there is none, or less than 16 characters. */
export async function secret(path: string): Promise<string> {
  const kept = (await ifExists(readFile(path, 'utf8')))?.trim() ?? ''
  if (kept.length >= 16) return kept
  const made = randomBytes(16).toString('hex')
  await writeWhole(path, `${made}\n`)
  return made
}
