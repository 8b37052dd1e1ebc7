import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { isTrainerState } from '../../../supervisor/trainer-state.ts'

/** What a training may go on from: a folder of Hugging Face's Trainer, a training state, or a model alone. */
export interface Candidate {
  readonly path: string
  readonly kind: 'folder' | 'state' | 'model'
  readonly mtimeMs: number
}

const deepest = 6
const entriesAtMost = 20_000
const kinds: Readonly<Record<string, 'state' | 'model'>> = {
  '.ckpt': 'state',
  '.pt': 'model',
  '.pth': 'model',
  '.safetensors': 'model',
}

/** Everything under `dirs` that looks like a checkpoint. Hidden names, links to folders and an optimizer's state by itself are passed over. */
export async function listCandidates(dirs: readonly string[]): Promise<readonly Candidate[]> {
  const search = { found: [] as Candidate[], entries: 0 }
  for (const dir of dirs) await look(dir, 0, search)
  return search.found
}

interface Search {
  readonly found: Candidate[]
  entries: number
}

async function look(folder: string, depth: number, search: Search): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((): Dirent[] => [])
  for (const entry of entries) {
    search.entries += 1
    if (search.entries > entriesAtMost) return
    if (!entry.name.startsWith('.')) await lookAt(join(folder, entry.name), entry, depth, search)
  }
}

async function lookAt(path: string, entry: Dirent, depth: number, search: Search): Promise<void> {
  if (entry.isDirectory() && /^checkpoint-\d+$/.test(entry.name)) {
    // Its newest part: the folder's own time does not tell when a file in it was written.
    const times = await Promise.all(['trainer_state.json', '.'].map((name) => mtimeOf(join(path, name))))
    search.found.push({ path, kind: 'folder', mtimeMs: times.find((time) => time > 0) ?? 0 })
  } else if (entry.isDirectory()) {
    if (depth < deepest) await look(path, depth + 1, search)
  } else {
    const kind = kinds[extname(entry.name).toLowerCase()]
    if (kind === 'state' || (kind && !isTrainerState(entry.name)))
      search.found.push({ path, kind, mtimeMs: await mtimeOf(path) })
  }
}

function mtimeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0, // not there: looking into it will say so
  )
}
