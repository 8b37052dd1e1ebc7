import { dirname } from 'node:path'
import type { Failure } from './protocol.ts'

/** What is said while a request has had no answer for longer than its deadline. */
export const noAnswer = (folder: string) => `volume does not answer (${folder})`

/** Why the volume cannot be used, with the path and what to do; undefined when the failure is not the volume's. */
export function failureReason({ code, message, path }: Failure, folder: string): string | undefined {
  const place = path ?? folder
  const elsewhere = 'or set POD_STATE_DIR to another folder'
  const sentences: Readonly<Record<string, string>> = {
    ENOSPC: `the volume of ${folder} is full; free some space, ${elsewhere}`,
    EDQUOT: `the quota for ${folder} is used up; free some space, ${elsewhere}`,
    EROFS: `${folder} is on a read-only file system; mount it for writing, ${elsewhere}`,
    EACCES: `${place} may not be written; change its owner or mode, ${elsewhere}`,
    EPERM: `${place} may not be written; change its owner or mode, ${elsewhere}`,
    ENOENT: `${dirname(place)} does not exist; create it or mount the volume, ${elsewhere}`,
    ENOTDIR: `${place} is not in a folder but below a file; remove the file, ${elsewhere}`,
    EEXIST: `${place} is a file where a folder is needed; remove it, ${elsewhere}`,
  }
  if (code === 'UNGUARDED') return `${message}, ${elsewhere}`
  const sentence = sentences[code]
  if (sentence !== undefined) return `${sentence} (${code})`
  const broken = [
    'EIO',
    'EBUSY',
    'ENOTCONN',
    'ESTALE',
    'ETIMEDOUT',
    'ENODEV',
    'ENXIO',
    'EHOSTDOWN',
    'EREMOTEIO',
    'EMFILE',
  ]
  return broken.includes(code)
    ? `the volume of ${folder} fails: ${message}; check its mount, ${elsewhere}`
    : undefined
}
