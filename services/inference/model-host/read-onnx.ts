import { readFile, stat } from 'node:fs/promises'
import { checkFamily, lstmFamily } from './lstm-artifact.ts'
import type { ModelFile, OnRead } from './model-file.ts'
import { ModelRefused } from './model-refused.ts'
import { readInBlocks } from './read-in-blocks.ts'
import { type Tokens, tokensOf } from './vocabulary-tokens.ts'

const largestSideFile = 64 * 2 ** 20

/**
 * Reads an `.onnx` and its side file, `model.json` or `model.onnx.json`: `{"model_family": "next_move_lstm", "vocab":
 * {"e2e4": 2, ...}}`. The graph itself is checked when its session is open.
 */
export async function readOnnx(path: string, onRead: OnRead): Promise<ModelFile> {
  const tokens = await readSideFile(path)
  const onnx = await readInBlocks(path, onRead)
  return { ...tokens, family: lstmFamily, parameters: null, onnx }
}

/** The names a side file may have, in the order in which they are looked for. */
function sideFiles(path: string): readonly string[] {
  return [path.replace(/\.onnx$/, '.json'), `${path}.json`]
}

async function readSideFile(path: string): Promise<Tokens> {
  for (const sideFile of sideFiles(path)) {
    const info = await stat(sideFile).catch(() => undefined) // not there: the other name may be
    if (info === undefined) continue
    if (info.size > largestSideFile)
      throw new ModelRefused(`its side file ${sideFile} has ${info.size} bytes`)
    return sideFileTokens(sideFile, await readFile(sideFile, 'utf8'))
  }
  throw new ModelRefused(
    `it has no side file with its vocabulary: put ${sideFiles(path).join(' or ')} beside it`,
  )
}

function sideFileTokens(path: string, text: string): Tokens {
  const side = parsed(path, text)
  checkFamily('model_family' in side ? side.model_family : lstmFamily)
  if (!('vocab' in side) || typeof side.vocab !== 'object' || side.vocab === null) {
    throw new ModelRefused(`its side file ${path} has no object "vocab" that maps tokens to ids`)
  }
  return tokensOf(Object.entries(side.vocab))
}

function parsed(path: string, text: string): object {
  let side: unknown
  try {
    side = JSON.parse(text)
  } catch (error) {
    throw new ModelRefused(`its side file ${path} is no complete JSON`, { cause: error })
  }
  if (typeof side !== 'object' || side === null)
    throw new ModelRefused(`its side file ${path} holds no object`)
  return side
}
