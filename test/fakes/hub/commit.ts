import { type Answer, bodyOf, type Call } from './call.ts'
import { type Header, type Operation, readCommit } from './commit-lines.ts'
import { branchOf, pageOf, writableRepo } from './find-repo.ts'
import { saysLfs } from './git-attributes.ts'
import { lfsFile, regularFile } from './git-object.ts'
import { attributesOf } from './preupload.ts'
import { Refusal } from './refusal.ts'
import { addCommit, type Branch, type Change, headOf, type Repo, type TreeFile } from './state.ts'

/** POST /api/{type}/{repo}/commit/{rev}: all of it or nothing. */
export async function commit(call: Call): Promise<Answer> {
  const repo = writableRepo(call)
  const branch = branchOf(repo, call.params.rev)
  if (call.url.searchParams.has('create_pr'))
    throw new Refusal(501, 'Pull requests are not part of this stand-in')
  const text = (await bodyOf(call, call.state.limits.commitMaxBytes)).toString()
  const { header, operations } = readCommit(text)
  checkHead(branch, header)
  checkQuota(call)
  const regular = await keepRegular(call, branch, operations)
  // Nothing is awaited from here on: two commits with the same parent must not both pass.
  checkHead(branch, header)
  const changes = operations.flatMap((operation) => changesOf(repo, branch, operation, regular))
  const by = call.account?.user ?? ''
  const made = addCommit(branch, {
    title: header.summary,
    description: header.description ?? '',
    by,
    changes,
  })
  call.state.commitWindow.use()
  call.entry.commit = made.oid
  const commitUrl = `${call.base}/${pageOf(repo)}/commit/${made.oid}`
  return { json: { success: true, commitOid: made.oid, commitUrl, hookOutput: '' } }
}

function checkHead(branch: Branch, { parentCommit }: Header): void {
  if (!parentCommit || headOf(branch).startsWith(parentCommit)) return
  throw new Refusal(412, 'A commit has happened since. Please refresh and try again.')
}

function checkQuota({ state: { commitWindow } }: Call): void {
  if (commitWindow.left() > 0) return
  throw new Refusal(
    429,
    'You have exceeded our hourly quotas for action: commit. We invite you to retry later.',
  )
}

async function keepRegular(
  { state }: Call,
  branch: Branch,
  operations: readonly Operation[],
): Promise<ReadonlyMap<string, TreeFile>> {
  const attributes = await attributesOf(state, branch)
  const files = new Map<string, TreeFile>()
  for (const { key, value } of operations) {
    if (key !== 'file') continue
    const content = Buffer.from(value.content, 'base64')
    const file = regularFile(value.path, content)
    if (
      content.length > state.limits.regularMaxBytes ||
      (content.length > 0 && saysLfs(attributes, file.path))
    ) {
      throw new Refusal(
        400,
        `Your push was rejected because it contains binary files. Offending file: ${file.path}`,
      )
    }
    await state.blobs.keep(file.oid, content)
    files.set(file.path, file)
  }
  return files
}

function changesOf(
  repo: Repo,
  { files }: Branch,
  { key, value }: Operation,
  regular: ReadonlyMap<string, TreeFile>,
): readonly Change[] {
  const { path } = value
  if (key === 'deletedFolder') {
    const inside = `${path.replace(/\/$/, '')}/`
    const gone = [...files.keys()].filter((name) => name.startsWith(inside))
    if (gone.length > 0) return gone.map((name) => ({ path: name }))
  }
  if (key === 'deletedFile' && files.has(path)) return [{ path }]
  if (key === 'deletedFolder' || key === 'deletedFile') {
    throw new Refusal(404, `Entry not found: ${path}`, { code: 'EntryNotFound' })
  }
  checkPlace(files, path)
  const file = key === 'lfsFile' ? lfsOf(repo, value) : regular.get(path)
  return file ? [{ path, file }] : []
}

function lfsOf(
  { objects }: Repo,
  { path, oid, size }: Extract<Operation, { key: 'lfsFile' }>['value'],
): TreeFile {
  const stored = objects.get(oid)
  if (stored === undefined) {
    throw new Refusal(
      400,
      `Your push was rejected because an LFS pointer pointed to a file that does not exist. Offending file: - ${path}`,
    )
  }
  if (size !== undefined && size !== null && size !== stored) {
    throw new Refusal(400, `The size of ${path} is ${stored}, not ${size}`)
  }
  return lfsFile(path, oid, stored)
}

/** A path cannot lie below a file. */
function checkPlace(files: ReadonlyMap<string, TreeFile>, path: string): void {
  const parts = path.split('/')
  const above = parts.slice(1).map((_, at) => parts.slice(0, at + 1).join('/'))
  const file = above.find((name) => files.has(name))
  if (file !== undefined) throw new Refusal(400, `${path} lies below ${file}, which is a file`)
}
