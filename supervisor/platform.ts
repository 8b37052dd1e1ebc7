import { readFileSync } from 'node:fs'

/** What this machine lacks of what podmate can use, in sentences: said once, as warnings in the status. */
export function platformWarnings(): readonly string[] {
  const warnings: string[] = []
  if (process.platform !== 'linux') {
    warnings.push(
      `on ${process.platform} there is no /proc: left-over processes, the owner of a taken port and out-of-memory kills are not recognised`,
    )
  }
  if (process.pid === 1)
    warnings.push('podmate is PID 1: start it under `tini --`, or orphans stay as zombies')
  else if (process.platform === 'linux' && !parentReaps()) {
    warnings.push(
      'PID 1 of this container does not reap: start podmate under `tini --`, or orphans stay as zombies',
    )
  }
  return warnings
}

/** PID 1 programs that are known not to wait for processes that are not their own children. */
const careless = new Set(['node', 'sleep', 'tail', 'python', 'python3'])

function parentReaps(): boolean {
  try {
    return !careless.has(readFileSync('/proc/1/comm', 'utf8').trim())
  } catch {
    return true // not ours to read: a real init
  }
}
