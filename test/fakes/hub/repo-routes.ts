import { z } from 'zod'
import { mustWrite, signedIn } from './accounts.ts'
import { type Answer, type Call, type HubState, jsonOf } from './call.ts'
import { branchOf, keyOf, pageOf, readableRepo, writableRepo } from './find-repo.ts'
import { initialAttributes } from './git-attributes.ts'
import { regularFile } from './git-object.ts'
import { Refusal } from './refusal.ts'
import { addCommit, headOf, type Repo } from './state.ts'

const repoName = z.object({
  name: z.string().regex(/^[\w.-]{1,96}$/),
  organization: z.string().nullish(),
  type: z.enum(['model', 'dataset', 'space']).nullish(),
})
const creation = repoName.extend({
  visibility: z.enum(['private', 'public', 'protected']).optional(),
  private: z.boolean().optional(),
  sdk: z.string().optional(),
})

/** POST /api/repos/create */
export async function createRepo(call: Call): Promise<Answer> {
  const account = signedIn(call.account)
  const { name, organization, type, ...wanted } = await jsonOf(call, creation)
  const namespace = organization ?? account.user
  mustWrite(account, namespace)
  const kind = `${type ?? 'model'}s`
  const key = keyOf({ type: kind, ns: namespace, name })
  const id = `${namespace}/${name}`
  const url = `${call.base}/${kind === 'models' ? '' : `${kind}/`}${id}`
  if (call.state.repos.has(key)) {
    const error = `You already created this ${type ?? 'model'} repo`
    return { status: 409, headers: { 'X-Error-Message': error }, json: { error, url } }
  }
  const hidden = wanted.private ?? wanted.visibility === 'private'
  await newRepo(call.state, { type: kind, id, private: hidden }, account.user)
  return { json: { url, name: id, id: key } }
}

/** Puts a repository in its place; like every new one it has a first commit with a .gitattributes. */
export async function newRepo(
  { repos, blobs }: HubState,
  wanted: Pick<Repo, 'type' | 'id' | 'private'>,
  by: string,
): Promise<Repo> {
  const content = Buffer.from(initialAttributes)
  const file = regularFile('.gitattributes', content)
  await blobs.keep(file.oid, content)
  const main = { commits: [], files: new Map() }
  addCommit(main, { title: 'initial commit', description: '', by, changes: [{ path: file.path, file }] })
  const repo = { ...wanted, branches: new Map([['main', main]]), objects: new Map() }
  repos.set(`${repo.type}/${repo.id}`, repo)
  return repo
}

/** DELETE /api/repos/delete */
export async function deleteRepo(call: Call): Promise<Answer> {
  const account = signedIn(call.account)
  const { name, organization, type } = await jsonOf(call, repoName)
  const namespace = organization ?? account.user
  mustWrite(account, namespace, `${namespace}/${name}`)
  if (!call.state.repos.delete(keyOf({ type: `${type ?? 'model'}s`, ns: namespace, name }))) {
    throw new Refusal(404, 'Repository not found', { code: 'RepoNotFound' })
  }
  return {}
}

/** POST /api/{type}/{repo}/branch/{rev}: a new branch that starts where main is. */
export function createBranch(call: Call): Answer {
  const repo = writableRepo(call)
  const name = call.params.rev ?? ''
  if (repo.branches.has(name)) throw new Refusal(409, `Reference already exists: ${name}`)
  const { commits, files } = branchOf(repo, 'main')
  repo.branches.set(name, { commits: [...commits], files: new Map(files) })
  return {}
}

/** GET /api/{type}/{repo} and /api/{type}/{repo}/revision/{rev} */
export function repoInfo(call: Call): Answer {
  const repo = readableRepo(call)
  const branch = branchOf(repo, call.params.rev)
  const siblings = [...branch.files.keys()].sort().map((rfilename) => ({ rfilename }))
  return {
    json: {
      _id: pageOf(repo),
      id: repo.id,
      modelId: repo.id,
      author: repo.id.slice(0, repo.id.indexOf('/')),
      sha: headOf(branch),
      private: repo.private,
      gated: false,
      disabled: false,
      likes: 0,
      downloads: 0,
      tags: [],
      siblings,
      createdAt: '2026-01-01T00:00:00.000Z',
      lastModified: '2026-01-01T00:00:00.000Z',
    },
  }
}
