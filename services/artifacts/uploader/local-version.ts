import { identityOf, isSame } from './file-identity.ts'
import { FileBlob } from './hub/file-blob.ts'
import type { LocalFile } from './hub/local-file.ts'
import type { HashedVersion } from './plan.ts'
import type { ScannedFile } from './scan-folder.ts'

/** A hashed version, and where it is. */
export type LocalVersion = HashedVersion & ScannedFile

/** A version as it is offered to the Hub: reading it rejects once it is another one. Pure. */
export function localFile({ path, remotePath, identity, size, sha256, gitOid }: LocalVersion): LocalFile {
  return {
    path,
    remotePath,
    size,
    sha256,
    ...(gitOid && { gitOid }),
    open: () => new FileBlob(path, (stats) => isSame(identityOf(stats), identity), 0, size),
  }
}
