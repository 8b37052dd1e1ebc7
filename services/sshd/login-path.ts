import { readFileSync, writeFileSync } from 'node:fs'

/** Holds the PATH of the container in each session, for the script below. */
export const pathVariable = 'PODMATE_PATH'

const file = '/etc/profile.d/00-podmate.sh'
const text = `# Written by podmate: /etc/profile has just replaced the PATH of the container; in SSH sessions it comes back.
[ -z "\${${pathVariable}-}" ] || PATH=$${pathVariable}
`

/** Lets login shells keep the PATH of the container. Gives the reason when it cannot. */
export function keepLoginPath(): string | undefined {
  try {
    if (process.getuid?.() === 0 && textOf(file) !== text) writeFileSync(file, text, { mode: 0o644 })
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined // it is written then, and that says what is wrong
  }
}
