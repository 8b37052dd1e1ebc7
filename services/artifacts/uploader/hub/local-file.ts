/** A file as it was when it was hashed. `path` is absolute, `remotePath` its place in the repository. */
export interface LocalFile {
  readonly path: string
  readonly remotePath: string
  readonly size: number
  readonly sha256: string
  /** git's name of the content, where it is known: sha1 of `blob <size>\0<content>`. */
  readonly gitOid?: string
  /** Its bytes, read when they are needed; reading rejects when the file is no longer what was hashed. */
  open(): Blob
}
