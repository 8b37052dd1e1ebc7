import { type FileHandle, open, readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { Candidate } from './list-candidates.ts'
import { safetensorsProblem } from './safetensors-problem.ts'
import { zipProblem } from './zip-problem.ts'

type Check = (file: FileHandle, size: number) => Promise<string | undefined>

const checks: Readonly<Record<string, Check>> = {
  '.safetensors': safetensorsProblem,
  ...Object.fromEntries(['.pt', '.pth', '.ckpt', '.bin'].map((name) => [name, zipProblem])),
}

/** Why a checkpoint cannot be gone on from: cut short, still being written, unreadable; undefined when it is whole. */
export async function checkpointProblem({ path, kind }: Candidate): Promise<string | undefined> {
  try {
    return kind === 'folder' ? await folderProblem(path) : await fileProblem(path)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** The Trainer of Hugging Face writes its state after the model: with it, and whole files, all is there. */
async function folderProblem(path: string): Promise<string | undefined> {
  try {
    JSON.parse(withoutNaN(await readFile(join(path, 'trainer_state.json'), 'utf8')))
  } catch {
    return 'its trainer_state.json is missing or not complete'
  }
  const names = await readdir(path)
  const weights = names.filter((name) => /\.(safetensors|bin|pt|pth)$/.test(name))
  if (!weights.some((name) => /model/.test(name))) return 'it has no weights'
  for (const name of weights) {
    const problem = await fileProblem(join(path, name))
    if (problem !== undefined) return `${name}: ${problem}`
  }
  return undefined
}

async function fileProblem(path: string): Promise<string | undefined> {
  await using file = await open(path, 'r')
  const { size } = await file.stat()
  if (size === 0) return 'it is empty'
  return await checks[extname(path).toLowerCase()]?.(file, size)
}

/** Python writes NaN and Infinity, which JSON lacks. */
function withoutNaN(text: string): string {
  return text.replaceAll(/-?\bInfinity\b|\bNaN\b/g, '0')
}
