import { statSync } from 'node:fs'

/**
 * Programs trust TMPDIR. Where it names no folder the system's own is used instead, for podmate and what it starts; the
 * result is the sentence that says so.
 */
export function demandTemporaryFolder(env: Record<string, string | undefined>): string | undefined {
  const { TMPDIR } = env
  if (TMPDIR === undefined || isFolder(TMPDIR)) return undefined
  delete env.TMPDIR
  return 'TMPDIR names no folder: /tmp is used instead; create the folder, or unset TMPDIR'
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
