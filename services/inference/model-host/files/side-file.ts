import { readFile, stat } from 'node:fs/promises'
import { ModelRefused } from '../model-refused.ts'
import type { FamilyName } from '../protocol.ts'

const largest = 64 * 2 ** 20
const families: readonly FamilyName[] = ['next_move_lstm', 'lc0']

/** What lies beside an `.onnx`: `{"model_family": "next_move_lstm", "vocab": {"e2e4": 2, ...}}`. */
export interface SideFile {
  readonly path: string
  /** Undefined when it does not say. */
  readonly family: FamilyName | undefined
  readonly content: object
}

/** Reads the first of these files that is there; undefined when none is. */
export async function readSideFile(paths: readonly string[]): Promise<SideFile | undefined> {
  for (const path of paths) {
    const info = await stat(path).catch(() => undefined) // not there: the other name may be
    if (info === undefined) continue
    if (info.size > largest) throw new ModelRefused(`its side file ${path} has ${info.size} bytes`)
    return parsed(path, textOf(await readFile(path)))
  }
  return undefined
}

/** Editors and shells of Windows begin a file with a byte order mark, and write UTF-16. */
function textOf(bytes: Buffer): string {
  const [first, second] = bytes
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
  return new TextDecoder(isUtf16 ? (first === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8').decode(bytes)
}

function parsed(path: string, text: string): SideFile {
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch (error) {
    throw new ModelRefused(`its side file ${path} is no complete JSON`, { cause: error })
  }
  if (typeof content !== 'object' || content === null)
    throw new ModelRefused(`its side file ${path} holds no object`)
  return { path, family: familyIn(content), content }
}

function familyIn(content: object): FamilyName | undefined {
  if (!('model_family' in content)) return undefined
  const { model_family: name } = content
  const family = families.find((known) => known === name)
  if (family !== undefined) return family
  const shown = typeof name === 'string' ? JSON.stringify(name.slice(0, 40)) : 'no text'
  throw new ModelRefused(`its model_family is ${shown}; ${families.join(' and ')} are served`)
}
