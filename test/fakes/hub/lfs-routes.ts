import { z } from 'zod'
import { type Answer, type Call, jsonOf } from './call.ts'
import { branchOf, pageOf, writableRepo } from './find-repo.ts'
import { Refusal } from './refusal.ts'
import type { Repo } from './state.ts'
import { openUpload, partCount } from './uploads.ts'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const object = z.object({ oid: sha256, size: z.int().min(0) })
const batch = z.object({
  operation: z.literal('upload'),
  transfers: z.array(z.string()).default(['basic']),
  hash_algo: z.enum(['sha256', 'sha_256']).default('sha256'),
  ref: z.object({ name: z.string() }).optional(),
  objects: z.array(object).min(1),
})

/** POST …/objects/batch: where to send each object; one without actions is there already. */
export async function lfsBatch(call: Call): Promise<Answer> {
  const repo = writableRepo(call)
  const { objects, transfers, ref } = await jsonOf(call, batch)
  if (ref) branchOf(repo, ref.name)
  const parts = transfers.includes('multipart')
  const answers = objects.map(({ oid, size }) => answerObject(call, repo, oid, size, parts))
  const inParts = answers.some(
    (answer) => 'actions' in answer && 'chunk_size' in answer.actions.upload.header,
  )
  return {
    headers: { 'Content-Type': 'application/vnd.git-lfs+json' },
    json: { transfer: inParts ? 'multipart' : 'basic', objects: answers },
  }
}

function answerObject(call: Call, repo: Repo, oid: string, size: number, parts: boolean) {
  const { state, effect, base } = call
  const stored = repo.objects.get(oid)
  if (effect?.fault === 'object-error') {
    return { oid, size, error: { code: effect.code ?? 500, message: effect.message ?? 'Internal error' } }
  }
  if (stored !== undefined && stored !== size) {
    return { oid, size, error: { code: 422, message: `Size of the object is ${stored}` } }
  }
  if (stored !== undefined) return { oid, size }
  const upload = openUpload(state, repo, oid, size, parts)
  const storage = `${call.storage}/storage/${upload.id}`
  const verify = { href: `${base}/${pageOf(repo)}.git/info/lfs/objects/verify` }
  if (upload.partBytes === undefined) {
    return { oid, size, authenticated: true, actions: { upload: { href: storage, header: {} }, verify } }
  }
  const urls = Array.from({ length: partCount(upload) }, (_, at) => [
    String(at + 1).padStart(5, '0'),
    `${storage}/${at + 1}`,
  ])
  const header = { chunk_size: String(upload.partBytes), ...Object.fromEntries(urls) }
  return {
    oid,
    size,
    authenticated: true,
    actions: { upload: { href: `${storage}/complete`, header }, verify },
  }
}

/** POST …/objects/verify: whether an object arrived, with the size it was said to have. */
export async function lfsVerify(call: Call): Promise<Answer> {
  const repo = writableRepo(call)
  const { oid, size } = await jsonOf(call, object)
  call.entry.oid = oid
  const stored = repo.objects.get(oid)
  if (stored === undefined) throw new Refusal(404, 'Object does not exist')
  if (stored !== size) throw new Refusal(422, `Size of the object is ${stored}, not ${size}`)
  return { json: { message: 'ok' } }
}
