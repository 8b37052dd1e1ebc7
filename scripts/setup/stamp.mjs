import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'

/** A mark beside what was made, written last: it says from what it was made. */
export function stamp(path, ...sources) {
  const wanted = createHash('sha256').update(sources.join('\0')).digest('hex')
  return {
    isCurrent() {
      try {
        return readFileSync(path, 'utf8').trim() === wanted
      } catch {
        return false // never made, or not to its end
      }
    },
    write: () => writeFileSync(path, `${wanted}\n`),
  }
}
