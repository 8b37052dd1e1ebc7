import { lstmArtifact } from '../lstm/lstm-artifact.ts'
import { ModelRefused, reasonOf } from '../model-refused.ts'
import { openTorchArchive } from '../pickle/torch-archive.ts'
import { unpickle } from '../pickle/unpickle.ts'
import type { FileVersion, Rejection } from '../protocol.ts'
import { type ModelCandidate, versionOf } from './find-models.ts'
import { modelFormat } from './model-file.ts'
import { dataFiles, dataProblem } from './onnx-data.ts'
import { qualityIn } from './quality.ts'
import { sideFiles } from './read-onnx.ts'
import { readSideFile } from './side-file.ts'

const mostKnown = 1000
/** What may take longer is left to a host that answers nobody. */
const largestRecord = 2 ** 20
/** So that a folder of many models holds up nothing: the others are read by the next searches. */
const mostReadTogether = 10

/** The first of some files that is whole, and those before it that are not, each with the reason. */
export interface Completeness {
  readonly newest: FileVersion | undefined
  readonly cut: readonly Rejection[]
}

/**
 * Looks whether files are whole by their format, and models as far as can be told without their weights, so that nothing
 * is started for one that is still being written or something else. What was found out about a version is remembered.
 */
export function completeness(): (files: readonly FileVersion[]) => Promise<Completeness> {
  const known = new Map<string, Problem | undefined>()
  return async (files) => {
    const cut: Rejection[] = []
    for (const file of files) {
      const { path, version } = file
      const key = `${path} ${version}`
      try {
        if (!known.has(key)) remember(known, key, await problemOf(file))
      } catch (error) {
        cut.push({ path, version, reason: reasonOf(error), passing: true })
        continue
      }
      const problem = known.get(key)
      if (problem === undefined) return { newest: file, cut }
      cut.push({ path, version, ...problem })
    }
    return { newest: undefined, cut }
  }
}

type Problem = Pick<Rejection, 'reason' | 'isNoModel'>

function remember(known: Map<string, Problem | undefined>, key: string, problem: Problem | undefined): void {
  if (known.size >= mostKnown) known.clear()
  known.set(key, problem)
}

/** Rejects when the file system does not let it be seen. */
async function problemOf({ path, bytes }: FileVersion): Promise<Problem | undefined> {
  if (bytes === 0) return { reason: 'it is empty' }
  try {
    if (modelFormat(path) === 'torch') await checkTorchFile(path)
    else await checkDataFiles(path)
    return undefined
  } catch (error) {
    if (!(error instanceof ModelRefused)) throw error
    return { reason: error.message, ...(error.isNoModel ? { isNoModel: true } : {}) }
  }
}

/** All that can be told without the weights themselves. */
async function checkTorchFile(path: string): Promise<void> {
  const archive = await openTorchArchive(path, () => {})
  try {
    if (archive.pickle.length <= largestRecord) lstmArtifact(unpickle(archive.pickle))
  } finally {
    archive.close()
  }
}

/** The rest only a session can tell. */
async function checkDataFiles(path: string): Promise<void> {
  const problem = await dataProblem(await dataFiles(path))
  if (problem !== undefined) throw new ModelRefused(problem)
}

/** Reads what each file's own record says of it; what was read of a version is remembered. */
export function qualities(): (files: readonly FileVersion[]) => Promise<readonly FileVersion[]> {
  const known = new Map<string, Pick<FileVersion, 'quality'>>()
  return async (files) => {
    let unread = mostReadTogether
    const told: FileVersion[] = []
    for (const file of files) {
      const key = `${file.path} ${file.version}`
      if (!known.has(key) && unread > 0) {
        unread -= 1
        if (known.size >= mostKnown) known.clear()
        // What cannot be read says nothing of itself; why it cannot is told when it is tried.
        known.set(key, await readQuality(file).catch(() => ({})))
      }
      told.push({ ...file, ...known.get(key) })
    }
    return told
  }
}

async function readQuality({ path }: FileVersion): Promise<Pick<FileVersion, 'quality'>> {
  if (modelFormat(path) === 'onnx') return qualityIn((await readSideFile(sideFiles(path)))?.content)
  const archive = await openTorchArchive(path, () => {})
  try {
    if (archive.pickle.length > largestRecord) return {}
    return await qualityIn(unpickle(archive.pickle), archive.storage)
  } finally {
    archive.close()
  }
}

/** A candidate as it is told to the other process. */
export function fileVersion(candidate: ModelCandidate): FileVersion {
  const { path, bytes, mtimeMs, data } = candidate
  return { path, bytes, mtimeMs, ...(data === undefined ? {} : { data }), version: versionOf(candidate) }
}
