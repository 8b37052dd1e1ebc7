import { windowed } from '../../inference/model-host/files/onnx-data.ts'
import { externalLocations } from '../../inference/model-host/onnx/external-tensors.ts'
import { type FileIdentity, isSame } from './file-identity.ts'
import { openFile } from './open-file.ts'
import type { ScannedFile } from './scan-folder.ts'

const largestIndex = 64 << 20

/** What files name inside them as part of themselves; each version is read once. */
export class References {
  readonly #known = new Map<string, { readonly identity: FileIdentity; readonly names: readonly string[] }>()

  /**
   * Names, as the file writes them, of the files that it is useless without: those with an ONNX graph's weights, and the shards of an
   * index that `save_pretrained` wrote. Empty for other files, and for one that is not complete: it is read again when it has changed.
   */
  async of(file: ScannedFile): Promise<readonly string[]> {
    const read = readerFor(file.path)
    if (read === undefined) return []
    const known = this.#known.get(file.path)
    if (known !== undefined && isSame(known.identity, file.identity)) return known.names
    const names = await read(file).catch(() => [])
    this.#known.set(file.path, { identity: file.identity, names })
    return names
  }
}

function readerFor(path: string): ((file: ScannedFile) => Promise<readonly string[]>) | undefined {
  if (/\.onnx$/i.test(path)) return dataOfGraph
  return /\.index\.json$/i.test(path) ? shardsOfIndex : undefined
}

async function dataOfGraph(file: ScannedFile): Promise<readonly string[]> {
  await using handle = await openFile(file)
  return [...(await externalLocations(windowed(handle), file.identity.size))]
}

async function shardsOfIndex(file: ScannedFile): Promise<readonly string[]> {
  if (file.identity.size > largestIndex) return []
  await using handle = await openFile(file)
  const index: unknown = JSON.parse(await handle.readFile('utf8'))
  const map =
    typeof index === 'object' && index !== null && 'weight_map' in index ? index.weight_map : undefined
  const names = typeof map === 'object' && map !== null ? Object.values(map) : []
  return [...new Set(names.filter((name) => typeof name === 'string'))]
}
