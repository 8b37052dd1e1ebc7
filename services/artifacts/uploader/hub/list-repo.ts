import { listFiles } from '@huggingface/hub'
import type { Errand } from './errand.ts'
import type { HubApi } from './hub-api.ts'
import type { RemoteFile } from './hub-repo.ts'

/** All files of a commit, or of a branch. */
export async function listRepo(
  api: HubApi,
  revision: string,
  errand: Errand,
): Promise<ReadonlyMap<string, RemoteFile>> {
  const files = new Map<string, RemoteFile>()
  for await (const { type, path, oid, size, lfs } of listFiles({
    ...api.library(errand),
    recursive: true,
    revision: encodeURIComponent(revision),
  })) {
    if (type !== 'file') continue
    if (lfs) files.set(path, { size: lfs.size, sha256: lfs.oid })
    else files.set(path, { size, ...(oid !== undefined && { gitOid: oid }) })
  }
  return files
}
