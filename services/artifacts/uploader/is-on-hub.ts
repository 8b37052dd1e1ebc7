import type { RemoteFile } from './hub/hub-repo.ts'

interface Content {
  readonly size: number
  readonly sha256: string
  readonly gitOid?: string
}

/** Whether the Hub has exactly this content at a path. Pure. */
export function isOnHub(file: Content, remote: RemoteFile | undefined): boolean {
  if (remote === undefined || remote.size !== file.size) return false
  if (remote.sha256 !== undefined) return remote.sha256 === file.sha256
  return remote.gitOid !== undefined && remote.gitOid === file.gitOid
}
