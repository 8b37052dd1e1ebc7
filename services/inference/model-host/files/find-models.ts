import type { Dirent } from 'node:fs'
import { lstat, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isTrainerState } from '../../../../supervisor/trainer-state.ts'
import type { Rejection } from '../protocol.ts'
import { modelFormat } from './model-file.ts'
import { dataFiles } from './onnx-data.ts'
import { sideFiles } from './read-onnx.ts'
import { withinTime } from './within-time.ts'

const deepest = 6
const mostEntries = 20_000
const mostKnown = 1000

/** A file that may be a model. */
export interface ModelCandidate {
  readonly path: string
  /** Together with the files beside it that hold its weights. */
  readonly bytes: number
  /** When the newest of them was written. */
  readonly mtimeMs: number
  /** Changes when one of those files is written again; absent where there are none. */
  readonly data?: string
  /** What else changes when it is written again: its inode's time, and the side file of an `.onnx`. */
  readonly stamp?: string
}

export interface FoundModels {
  /** Newest first; of equal age the last path first. */
  readonly candidates: readonly ModelCandidate[]
  /** Folders and files that could not be looked at. */
  readonly rejected: readonly Rejection[]
}

/** Files under `dirs` that may be models, by their names; hidden names, links to folders and what only a trainer reads are passed over. */
export async function findModels(dirs: readonly string[]): Promise<FoundModels> {
  const search = { candidates: [] as ModelCandidate[], rejected: [] as Rejection[], entries: 0 }
  for (const dir of dirs) await searchFolder(dir, 0, search)
  return { candidates: search.candidates.sort(byAge), rejected: search.rejected }
}

/** Sorts the newest first; of equal age the last path. Pure. */
export function byAge(left: Pick<ModelCandidate, 'path' | 'mtimeMs'>, right: typeof left): number {
  if (left.mtimeMs !== right.mtimeMs) return right.mtimeMs - left.mtimeMs
  return left.path === right.path ? 0 : left.path < right.path ? 1 : -1
}

/** Changes whenever the file, or what belongs to it, is written again. Pure. */
export function versionOf({ bytes, mtimeMs, stamp = '' }: ModelCandidate): string {
  return `${bytes} bytes of ${mtimeMs}${stamp}`
}

/** What is at `path` now; rejects when nothing is there or its volume does not answer. */
export async function candidateAt(path: string): Promise<ModelCandidate> {
  const info = await withinTime(stat(path), path)
  if (!info.isFile()) throw new Error(`${path} is no file`)
  const stamp = `/${info.ctimeMs}${await sideStamp(path)}`
  const parts = await dataParts(path, `${info.size} ${info.mtimeMs} ${info.ctimeMs}`)
  if (parts.length === 0) return { path, bytes: info.size, mtimeMs: info.mtimeMs, stamp }
  const data = parts.map(({ size, mtimeMs }) => `/${size}:${mtimeMs}`).join('')
  return {
    path,
    bytes: parts.reduce((sum, { size }) => sum + size, info.size),
    mtimeMs: Math.max(info.mtimeMs, ...parts.map(({ mtimeMs }) => mtimeMs)),
    data,
    stamp: stamp + data,
  }
}

const knownData = new Map<string, Promise<readonly string[]>>()

/** The files with the weights of an `.onnx`, as they are now; one that is not there has no size. Graphs are read once. */
async function dataParts(
  path: string,
  version: string,
): Promise<readonly { readonly size: number; readonly mtimeMs: number }[]> {
  if (modelFormat(path) !== 'onnx') return []
  if (knownData.size >= mostKnown) knownData.clear()
  const key = `${path} ${version}`
  const known = knownData.get(key) ?? dataPaths(path)
  knownData.set(key, known)
  const paths = await withinTime(known, path)
  const nothing = { size: 0, mtimeMs: 0 }
  return Promise.all(paths.map((one) => withinTime(lstat(one), one).catch(() => nothing)))
}

/** None of a graph that cannot be read: loading it says why. */
function dataPaths(path: string): Promise<readonly string[]> {
  return dataFiles(path).then(
    (files) => files.map((file) => file.path),
    () => [],
  )
}

/** An `.onnx` that waits for its vocabulary is another one when that has come. */
async function sideStamp(path: string): Promise<string> {
  if (modelFormat(path) !== 'onnx') return ''
  const infos = await Promise.all(
    sideFiles(path).map((file) => withinTime(stat(file), file).catch(() => undefined)),
  )
  return infos.map((info) => `/${info?.size ?? '-'}:${info?.mtimeMs ?? '-'}`).join('')
}

interface Search {
  readonly candidates: ModelCandidate[]
  readonly rejected: Rejection[]
  entries: number
}

async function searchFolder(folder: string, depth: number, search: Search): Promise<void> {
  const entries = await looked(search, folder, () =>
    withinTime(readdir(folder, { withFileTypes: true }), folder),
  )
  for (const entry of entries ?? []) {
    search.entries += 1
    if (search.entries > mostEntries) {
      search.rejected.push({ path: folder, reason: `not searched: more than ${mostEntries} files in all` })
      return
    }
    if (!entry.name.startsWith('.')) await searchEntry(join(folder, entry.name), entry, depth, search)
  }
}

async function searchEntry(path: string, entry: Dirent, depth: number, search: Search): Promise<void> {
  if (entry.isDirectory()) {
    if (depth < deepest) await searchFolder(path, depth + 1, search)
  } else if (modelFormat(entry.name) !== undefined && !isTrainerState(entry.name)) {
    const candidate = await looked(search, path, () => candidateAt(path))
    if (candidate) search.candidates.push(candidate)
  }
}

/** What is no longer there is no news; everything else is. */
async function looked<Value>(
  search: Search,
  path: string,
  look: () => Promise<Value>,
): Promise<Value | undefined> {
  try {
    return await look()
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (!missing)
      search.rejected.push({ path, reason: error instanceof Error ? error.message : String(error) })
    return undefined
  }
}
