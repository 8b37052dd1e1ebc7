import type { HubProblem } from './hub-problem.ts'
import type { LocalFile } from './local-file.ts'
import { hubProblem } from './problem-texts.ts'

/** The first bytes of a file, all of them when not said. Rejects with `changed-file` when it cannot be read as it was. */
export async function readLocal(file: LocalFile, bytes = file.size): Promise<Buffer> {
  try {
    return Buffer.from(await file.open().slice(0, bytes).arrayBuffer())
  } catch (error) {
    throw unreadable(error, file.path)
  }
}

/** What an error of reading a file comes to. */
export function unreadable(error: unknown, path: string | undefined): HubProblem {
  if (error instanceof Error && isProblem(error)) return error
  const reason = error instanceof Error ? error.message : String(error)
  return hubProblem('changed', `${path ?? 'A file'} can no longer be read as it was: ${reason}`, {
    cause: error,
    path,
  })
}

function isProblem(error: Error): error is HubProblem {
  return error.name === 'HubProblem'
}
