import type { FileHandle } from 'node:fs/promises'

const largestParsed = 64 << 20
const tailBytes = 256

/** Why a JSON text is cut; JSON Lines are whole when each line is. One too large to be parsed is judged by how it starts and ends. */
export async function jsonProblem(handle: FileHandle, size: number): Promise<string | undefined> {
  if (size === 0) return 'it is empty'
  if (size > largestParsed) return (await isClosed(handle, size)) ? undefined : 'its JSON does not end'
  const bytes = Buffer.alloc(size)
  await handle.read(bytes, 0, size, 0)
  const text = bytes.toString()
  return parses(text) || areLines(text) ? undefined : 'its JSON is not complete'
}

function parses(text: string): boolean {
  try {
    JSON.parse(text.replace(/^\uFEFF/, ''))
    return true
  } catch {
    // Python writes NaN and Infinity, which JSON lacks; in strings the change does no harm.
    return /NaN|Infinity/.test(text) && parses(text.replaceAll(/-?\bInfinity\b|\bNaN\b/g, '0'))
  }
}

/** The last line has ended: one that is being written may be cut where it is whole. */
function areLines(text: string): boolean {
  return text.endsWith('\n') && text.split('\n').every((line) => line.trim() === '' || parses(line))
}

async function isClosed(handle: FileHandle, size: number): Promise<boolean> {
  const first = (await textAt(handle, 0)).trimStart().at(0)
  const last = (await textAt(handle, size - tailBytes)).trimEnd().at(-1)
  return (first === '{' && last === '}') || (first === '[' && last === ']')
}

async function textAt(handle: FileHandle, position: number): Promise<string> {
  const bytes = Buffer.alloc(tailBytes)
  const { bytesRead } = await handle.read(bytes, 0, tailBytes, position)
  return bytes.toString('latin1', 0, bytesRead)
}
