import { readFile } from 'node:fs/promises'
import { listeningProcesses } from '../../supervisor/port-owner.ts'
import { pause } from '../../supervisor/time.ts'

const politeMs = 1000
const everyMs = 20

/**
 * Ends the listener that a killed podmate has left on the port: one that was started with a configuration in one of our
 * run folders. Its open sessions live on. Leaves anybody else's program alone. Never rejects.
 */
export async function endFormerListener(port: number, folders: readonly string[]): Promise<void> {
  const former = async () => {
    const pids = await listeningProcesses(port)
    const commands = await Promise.all(
      pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
    )
    return pids.filter((_, at) => folders.some((folder) => commands[at]?.includes(`${folder}/`)))
  }
  const endMs = performance.now() + politeMs
  for (let left = await former(); left.length > 0; left = await former()) {
    const isLate = performance.now() > endMs
    for (const pid of left) end(pid, isLate ? 'SIGKILL' : 'SIGTERM')
    if (performance.now() > endMs + politeMs) return // whoever binds the port next says who has it
    await pause(everyMs)
  }
}

function end(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // gone meanwhile, which is what was wanted
  }
}
