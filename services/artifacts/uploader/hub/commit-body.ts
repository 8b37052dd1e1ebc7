import { createHash } from 'node:crypto'
import type { CommitMessage } from './hub-repo.ts'
import type { LocalFile } from './local-file.ts'
import { hubProblem } from './problem-texts.ts'
import { readLocal } from './read-local.ts'
import type { UploadMode } from './upload-modes.ts'

/** Regular files travel inside the commit and are held in memory. */
export const mostRegularBytes = 100_000_000

/** A commit as it is sent, and what it leaves at each path: git's name or the sha256 of the content, undefined for nothing. */
export interface CommitBody {
  readonly body: Blob
  readonly leaves: ReadonlyMap<string, string | undefined>
}

/** Reads the regular files; rejects with `changed-file` or `too-large`. */
export async function commitBody(
  files: readonly LocalFile[],
  modes: ReadonlyMap<string, UploadMode>,
  deleted: readonly string[],
  { title, description }: CommitMessage,
  parentCommit: string | undefined,
): Promise<CommitBody> {
  checkRegular(files.filter(({ remotePath }) => modes.get(remotePath) !== 'lfs'))
  const leaves = new Map<string, string | undefined>(deleted.map((path) => [path, undefined]))
  const lines = [line('header', { summary: title, description, parentCommit })]
  for (const file of files) {
    const { remotePath: path, sha256: oid, size } = file
    if (modes.get(path) === 'lfs') {
      lines.push(line('lfsFile', { path, algo: 'sha256', oid, size }))
      leaves.set(path, oid)
    } else {
      const content = await contentOf(file)
      lines.push(line('file', { path, content: content.toString('base64'), encoding: 'base64' }))
      leaves.set(path, gitOid(content))
    }
  }
  lines.push(...deleted.map((path) => line('deletedFile', { path })))
  return { body: new Blob(lines), leaves }
}

function line(key: string, value: object): string {
  return `${JSON.stringify({ key, value })}\n`
}

function checkRegular(files: readonly LocalFile[]): void {
  const bytes = files.reduce((sum, { size }) => sum + size, 0)
  if (bytes <= mostRegularBytes) return
  throw hubProblem(
    'tooLarge',
    `${files.length} files that are no LFS files have ${bytes} bytes in one commit`,
  )
}

async function contentOf(file: LocalFile): Promise<Buffer> {
  const { path, sha256 } = file
  const content = await readLocal(file)
  if (createHash('sha256').update(content).digest('hex') === sha256) return content
  throw hubProblem('changed', `${path} is no longer what was hashed`, { path })
}

/** What git calls a file of this content. Pure. */
export function gitOid(content: Uint8Array): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex')
}
