import { readFileSync } from 'node:fs'

/** The bytes of memory that a process has resident; undefined where that cannot be seen, or when it is gone. */
export function rssOf(pid: number): number | undefined {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024
  } catch {
    return undefined
  }
}
