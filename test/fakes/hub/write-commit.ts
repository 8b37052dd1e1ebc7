import { createHash } from 'node:crypto'
import type { HubState } from './call.ts'
import { saysLfs } from './git-attributes.ts'
import { lfsFile, regularFile } from './git-object.ts'
import { attributesOf } from './preupload.ts'
import { addCommit, type Branch, type Change, type Repo } from './state.ts'

/** Files by path as text or bytes; null takes a path away. */
export type Contents = Readonly<Record<string, string | Uint8Array | null>>

/** Commits as another writer would, past the wire; resolves with the oid of the commit. */
export async function writeCommit(
  state: HubState,
  repo: Repo,
  branch: Branch,
  contents: Contents,
  title = 'Commit of another writer',
): Promise<string> {
  const attributes = await attributesOf(state, branch)
  const changes = await Promise.all(
    Object.entries(contents).map(async ([path, content]): Promise<Change> => {
      if (content === null) return { path }
      const bytes = Buffer.from(content)
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      const lfs = saysLfs(attributes, path) || bytes.length > state.limits.regularMaxBytes
      const file = lfs ? lfsFile(path, sha256, bytes.length) : regularFile(path, bytes)
      await state.blobs.keep(file.sha256 ?? file.oid, bytes)
      if (lfs) repo.objects.set(sha256, bytes.length)
      return { path, file }
    }),
  )
  return addCommit(branch, { title, description: '', by: 'rival', changes }).oid
}
