import { createHash } from 'node:crypto'
import { z } from 'zod'
import { digest, writeChunks } from './blob-store.ts'
import { type Answer, type Call, jsonOf } from './call.ts'
import { Refusal } from './refusal.ts'
import { bytesOfPart, partCount, type Upload, uploadOf } from './uploads.ts'

const completion = z.object({
  oid: z.string(),
  parts: z.array(z.object({ partNumber: z.int(), etag: z.string() })),
})
let puts = 0

/** PUT of a whole object: its size and its sha256 must be those it was announced with. */
export async function putObject(call: Call): Promise<Answer> {
  const upload = noted(call)
  if (upload.partBytes !== undefined) throw new Refusal(400, 'This object is to be sent in parts')
  checkHeaders(call, upload.size)
  puts += 1
  const collecting = `${upload.id}-${puts}`
  const hash = createHash('sha256')
  try {
    const size = await writeChunks(call.state.blobs.path(collecting), 0, call.chunks(), hash)
    await keep(call, upload, collecting, { size, sha256: hash.digest('hex') })
  } finally {
    await call.state.blobs.drop(collecting)
  }
  return { headers: { ETag: `"${puts}"` } }
}

/** PUT of one part: it must be as long as its number says. Answers with the ETag that completion asks for. */
export async function putPart(call: Call): Promise<Answer> {
  const upload = noted(call)
  const part = Number(call.params.part)
  checkHeaders(call, bytesOfPart(upload, part))
  const start = (part - 1) * (upload.partBytes ?? 0)
  const size = await writeChunks(call.state.blobs.path(upload.id), start, call.chunks())
  if (size !== bytesOfPart(upload, part)) throw new Refusal(400, 'IncompleteBody')
  puts += 1
  const etag = `"${upload.id}-${part}-${puts}"`
  upload.etags.set(part, etag)
  if (call.effect?.fault !== 'wrong-etag') return { headers: { ETag: etag } }
  return call.effect.missing ? {} : { headers: { ETag: '"wrong"' } }
}

/** POST of the list of parts, in order and with the ETags they were given; then the sha256 of the whole must fit. */
export async function completeUpload(call: Call): Promise<Answer> {
  const upload = noted(call)
  const { oid, parts } = await jsonOf(call, completion)
  if (oid !== upload.oid) throw new Refusal(400, 'The oid is not the one that was announced')
  if (parts.some(({ partNumber }, at) => partNumber !== at + 1)) throw new Refusal(400, 'InvalidPartOrder')
  const wrong = parts.some(({ partNumber, etag }) => etag !== upload.etags.get(partNumber))
  if (wrong || parts.length !== partCount(upload)) throw new Refusal(400, 'InvalidPart')
  // Asked again after an answer was lost: it is complete.
  if (!upload.repo.objects.has(oid)) {
    await keep(call, upload, upload.id, await digest(call.state.blobs.path(upload.id)))
  }
  return { json: {} }
}

/** GET of an object's or a regular file's bytes. */
export function download(call: Call): Answer {
  const { blob = '' } = call.params
  return { blob, headers: { ETag: `"${blob}"` } }
}

function noted({ state, params, entry }: Call): Upload {
  const upload = uploadOf(state, params.upload)
  entry.oid = upload.oid
  entry.repo = `${upload.repo.type}/${upload.repo.id}`
  return upload
}

function checkHeaders({ headers }: Call, size: number): void {
  if (headers.authorization !== undefined) throw new Refusal(400, 'Only one auth mechanism allowed')
  if (headers['content-length'] === undefined) {
    throw new Refusal(
      501,
      'A header you provided implies functionality that is not implemented: Transfer-Encoding',
    )
  }
  const length = Number(headers['content-length'])
  if (length === 0) throw new Refusal(501, 'Empty objects are not implemented')
  if (length !== size) throw new Refusal(400, `The body has ${length} bytes instead of ${size}`)
}

async function keep(
  { state }: Call,
  { repo, oid, size }: Upload,
  from: string,
  came: { readonly size: number; readonly sha256: string },
): Promise<void> {
  if (came.size !== size) throw new Refusal(400, 'IncompleteBody')
  if (came.sha256 !== oid) throw new Refusal(400, 'BadDigest: the sha256 of the content is not the oid')
  await state.blobs.adopt(from, oid)
  repo.objects.set(oid, size)
}
