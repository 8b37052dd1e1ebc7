import { createHash } from 'node:crypto'
import type { TreeFile } from './state.ts'

/** A file as git names it, from its bytes. */
export function regularFile(path: string, content: Uint8Array): TreeFile {
  return { path, oid: blobOid(content), size: content.length }
}

/** A file that git keeps as a pointer to an LFS object. */
export function lfsFile(path: string, sha256: string, size: number): TreeFile {
  return { path, oid: blobOid(Buffer.from(pointer(sha256, size))), size, sha256 }
}

/** The text that git keeps in the place of an LFS object. */
export function pointer(sha256: string, size: number): string {
  return `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${size}\n`
}

function blobOid(content: Uint8Array): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex')
}
