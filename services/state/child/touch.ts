import { open } from 'node:fs/promises'

/** Sets a file's times to now; creates it when it is not there (its folder must be). */
export async function touch(path: string): Promise<undefined> {
  await using file = await open(path, 'a')
  const now = new Date()
  await file.utimes(now, now)
  return undefined
}
