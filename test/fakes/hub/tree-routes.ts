import { createHash } from 'node:crypto'
import { z } from 'zod'
import { type Answer, bodyOf, type Call, parse } from './call.ts'
import { branchOf, readableRepo } from './find-repo.ts'
import { pointer } from './git-object.ts'
import { Refusal } from './refusal.ts'
import { type Branch, filesAt, headOf, type Repo, type TreeFile } from './state.ts'

type Files = ReadonlyMap<string, TreeFile>
const paths = z.object({ paths: z.array(z.string()), expand: z.boolean().optional() })
const sorted = new WeakMap<Files, { readonly head: string; readonly names: readonly string[] }>()

/** GET /api/{type}/{repo}/tree/{rev}/{path}, a page at a time: the address of the next is in `Link`. */
export function tree(call: Call): Answer {
  const { files, head } = revision(readableRepo(call), call.params.rev)
  const { searchParams, pathname } = call.url
  const folder = call.params.path ? `${call.params.path.replace(/\/$/, '')}/` : ''
  const recursive = ['true', '1'].includes(searchParams.get('recursive')?.toLowerCase() ?? '')
  const all = namesOf(files, head).filter((name) => name.startsWith(folder))
  if (folder !== '' && all.length === 0)
    throw new Refusal(404, `${folder} not found`, { code: 'EntryNotFound' })
  const names = recursive ? all : all.filter((name) => !name.slice(folder.length).includes('/'))
  const after = Buffer.from(searchParams.get('cursor') ?? '', 'base64url').toString()
  const rest = after === '' ? names : names.filter((name) => name > after)
  const page = rest.slice(0, Math.min(Number(searchParams.get('limit') ?? 1000), call.state.limits.pageSize))
  const next = new URLSearchParams(searchParams)
  next.set('cursor', Buffer.from(page.at(-1) ?? '').toString('base64url'))
  const link = { Link: `<${call.base}${pathname}?${next}>; rel="next"` }
  return {
    ...(rest.length > page.length && { headers: link }),
    json: page.map((name) => describe(files, name)),
  }
}

/** POST /api/{type}/{repo}/paths-info/{rev}, as JSON or as a form: those of the paths that exist. */
export async function pathsInfo(call: Call): Promise<Answer> {
  const { files, head } = revision(readableRepo(call), call.params.rev)
  const text = (await bodyOf(call)).toString()
  const asJson = call.headers['content-type']?.includes('json')
  const asked = asJson ? parse(text, paths).paths : new URLSearchParams(text).getAll('paths')
  const known = new Set(namesOf(files, head))
  return { json: asked.filter((name) => known.has(name)).map((name) => describe(files, name)) }
}

/** GET and HEAD /{repo}/resolve/{rev}/{path}: a regular file itself, or the way to an LFS object. */
export function resolve(call: Call): Answer {
  const repo = readableRepo(call)
  const { files, head } = revision(repo, call.params.rev)
  const file = files.get(call.params.path ?? '')
  const headers = { 'X-Repo-Commit': head }
  if (!file) throw new Refusal(404, 'Entry not found', { code: 'EntryNotFound', ...headers })
  const { oid, sha256, size } = file
  if (sha256 === undefined) return { headers: { ...headers, ETag: `"${oid}"` }, blob: oid }
  const Location = `${call.storage}/storage/blobs/${sha256}`
  return {
    status: 302,
    headers: { ...headers, Location, 'X-Linked-Size': String(size), 'X-Linked-Etag': `"${sha256}"` },
  }
}

function revision(repo: Repo, rev = 'main'): { readonly files: Files; readonly head: string } {
  for (const branch of repo.branches.values()) {
    const files = /^[0-9a-f]{40}$/.test(rev) ? filesAt(branch, rev) : undefined
    if (files) return { files, head: rev }
  }
  const branch: Branch = branchOf(repo, rev)
  return { files: branch.files, head: headOf(branch) }
}

/** The paths of all files and of the folders they lie in, sorted. */
function namesOf(files: Files, head: string): readonly string[] {
  const known = sorted.get(files)
  if (known?.head === head) return known.names
  const names = new Set(files.keys())
  for (const path of files.keys()) {
    for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) names.add(path.slice(0, at))
  }
  const listing = { head, names: [...names].sort() }
  sorted.set(files, listing)
  return listing.names
}

function describe(files: Files, path: string): object {
  const file = files.get(path)
  if (!file) return { type: 'directory', oid: createHash('sha1').update(path).digest('hex'), size: 0, path }
  const { oid, size, sha256 } = file
  const lfs = sha256 !== undefined && {
    lfs: { oid: sha256, size, pointerSize: pointer(sha256, size).length },
  }
  return { type: 'file', oid, size, path, ...lfs }
}
