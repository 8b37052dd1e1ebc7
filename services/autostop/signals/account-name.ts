import { readFileSync } from 'node:fs'

const known = new Map<number, string>()

/** The name of an account of this machine, `uid 1000` for one that has none. */
export function accountName(uid: number): string {
  const name = known.get(uid) ?? lookUp(uid)
  known.set(uid, name)
  return name
}

function lookUp(uid: number): string {
  try {
    const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
    const line = lines.find((entry) => entry.split(':')[2] === String(uid))
    return line?.split(':')[0] ?? `uid ${uid}`
  } catch {
    return `uid ${uid}`
  }
}
