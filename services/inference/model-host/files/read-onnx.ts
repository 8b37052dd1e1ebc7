import { ModelRefused } from '../model-refused.ts'
import { graphNames } from '../onnx/graph-names.ts'
import { classicalPlanes, isLc0 } from '../onnx/lc0-contract.ts'
import type { ModelFile, OnRead } from './model-file.ts'
import { withData } from './onnx-data.ts'
import { qualityIn } from './quality.ts'
import { readInBlocks } from './read-in-blocks.ts'
import { readSideFile, type SideFile } from './side-file.ts'
import { tokensOf } from './vocabulary-tokens.ts'

/**
 * Reads an `.onnx` and, where there is one, its side file. Without a family in it, an Lc0 net is known by the names of
 * its inputs and outputs; all else is a next-move LSTM, which needs its vocabulary. The graph itself is checked when its
 * session is open.
 */
export async function readOnnx(path: string, onRead: OnRead): Promise<ModelFile> {
  const side = await readSideFile(sideFiles(path))
  const written = await readInBlocks(path, onRead)
  const names = graphNames(written)
  const family = side?.family ?? (isLc0(names) ? 'lc0' : 'next_move_lstm')
  const graph = { onnx: await withData(path, written, onRead), ...(await qualityIn(side?.content)) }
  if (family === 'lc0') {
    checkInputFormat(names.metadata, side)
    return { family, tokens: [], unknownId: 0, parameters: null, ...graph }
  }
  if (side === undefined) throw noSideFile(path)
  return { ...tokensOf(vocabOf(side)), family, parameters: null, ...graph }
}

/** What a net's metadata or its side file says of its planes; most say nothing. */
function checkInputFormat(metadata: ReadonlyMap<string, string>, side: SideFile | undefined): void {
  const said = side && 'input_format' in side.content ? side.content.input_format : undefined
  const format = said ?? metadata.get('input_format') ?? classicalPlanes
  if (format === classicalPlanes) return
  throw new ModelRefused(
    `its input_format is ${JSON.stringify(format)?.slice(0, 100)}; ${classicalPlanes} is served`,
  )
}

/** The names a side file may have, in the order in which they are looked for. */
export function sideFiles(path: string): readonly string[] {
  return [path.replace(/\.onnx$/i, '.json'), `${path}.json`]
}

function vocabOf({ path, content }: SideFile): readonly (readonly [string, unknown])[] {
  if (!('vocab' in content) || typeof content.vocab !== 'object' || content.vocab === null) {
    throw new ModelRefused(`its side file ${path} has no object "vocab" that maps tokens to ids`)
  }
  return Object.entries(content.vocab)
}

function noSideFile(path: string): ModelRefused {
  return new ModelRefused(
    `it has no side file with its vocabulary: put ${sideFiles(path).join(' or ')} beside it (only a graph with Lc0's names needs none)`,
  )
}
