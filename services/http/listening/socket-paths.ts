import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** The socket beside the control socket for the accounts of its group. Pure. */
export function groupSocket(path: string): string {
  return path.replace(/(?:\.sock)?$/, '.group.sock')
}

/** Where the control socket of the podmate with this state folder lies: the preferred path first. Pure. */
export function socketPaths(
  stateDir: string,
  uid: number = process.getuid?.() ?? 0,
  temporaryDir: string = tmpdir(),
): readonly string[] {
  const name = `${createHash('sha256').update(resolve(stateDir)).digest('hex').slice(0, 12)}.sock`
  return [`/run/podmate/${name}`, join(temporaryDir, `podmate-${uid}`, name)]
}
