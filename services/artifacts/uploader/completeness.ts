import type { FileHandle } from 'node:fs/promises'
import { extname } from 'node:path'
import { jsonProblem } from './formats/json.ts'
import { onnxProblem } from './formats/onnx.ts'
import { safetensorsProblem } from './formats/safetensors.ts'
import { zipProblem } from './formats/zip.ts'
import { checkOpenFile, type FileAt, openFile } from './open-file.ts'

type Check = (handle: FileHandle, size: number) => Promise<string | undefined>

const checks: Readonly<Record<string, Check>> = {
  '.json': jsonProblem,
  '.ipynb': jsonProblem,
  '.safetensors': safetensorsProblem,
  '.onnx': onnxProblem,
  ...Object.fromEntries(
    ['.pt', '.pth', '.ckpt', '.bin', '.zip', '.npz', '.keras'].map((name) => [name, zipProblem]),
  ),
}

/**
 * Why a file is not whole by its format; undefined when it is, or when its format does not tell. Rejects with a
 * HubProblem `changed-file` when it changed meanwhile.
 */
export async function incompleteness(file: FileAt): Promise<string | undefined> {
  const check = checks[extname(file.path).toLowerCase()]
  if (check === undefined) return undefined
  const handle = await openFile(file)
  try {
    const problem = await check(handle, file.identity.size)
    await checkOpenFile(handle, file)
    return problem
  } finally {
    await handle.close()
  }
}
