import { randomUUID } from 'node:crypto'
import type { HubState } from './call.ts'
import { Refusal } from './refusal.ts'
import type { Repo } from './state.ts'

/** One LFS object on its way into the storage of a repository. Without `partBytes` it comes in one PUT. */
export interface Upload {
  readonly id: string
  readonly repo: Repo
  readonly oid: string
  readonly size: number
  readonly partBytes?: number
  readonly etags: Map<number, string>
}

/** A new upload, in parts when the object is large. */
export function openUpload(state: HubState, repo: Repo, oid: string, size: number, parts: boolean): Upload {
  const { multipartAboveBytes, partBytes } = state.limits
  const upload: Upload = {
    id: randomUUID(),
    repo,
    oid,
    size,
    ...(parts && size > multipartAboveBytes && { partBytes }),
    etags: new Map(),
  }
  state.uploads.set(upload.id, upload)
  return upload
}

export function uploadOf(state: HubState, id: string | undefined): Upload {
  const upload = state.uploads.get(id ?? '')
  if (!upload) throw new Refusal(404, 'NoSuchUpload')
  return upload
}

/** How many bytes a part has; 0 for one that the object does not have. */
export function bytesOfPart({ size, partBytes = size }: Upload, part: number): number {
  return Math.max(0, Math.min(partBytes, size - (part - 1) * partBytes))
}

export function partCount({ size, partBytes = size }: Upload): number {
  return Math.ceil(size / partBytes)
}
