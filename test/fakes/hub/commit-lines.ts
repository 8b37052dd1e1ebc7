import { z } from 'zod'
import { parse } from './call.ts'
import { Refusal } from './refusal.ts'

const path = z.string().min(1)
const line = z.discriminatedUnion('key', [
  z.object({
    key: z.literal('header'),
    value: z.object({
      summary: z.string().min(1),
      description: z.string().nullish(),
      parentCommit: z
        .string()
        .regex(/^[0-9a-f]{7,40}$/)
        .nullish(),
    }),
  }),
  z.object({
    key: z.literal('lfsFile'),
    value: z.object({ path, algo: z.literal('sha256'), oid: z.string(), size: z.int().nullish() }),
  }),
  z.object({
    key: z.literal('file'),
    value: z.object({ path, content: z.base64(), encoding: z.literal('base64') }),
  }),
  z.object({ key: z.literal('deletedFile'), value: z.object({ path }) }),
  z.object({ key: z.literal('deletedFolder'), value: z.object({ path }) }),
])

type Line = z.infer<typeof line>
export type Operation = Exclude<Line, { key: 'header' }>
export type Header = Extract<Line, { key: 'header' }>['value']

/** The body of a commit. Refuses one without its header in front, bad paths, and a path named twice. */
export function readCommit(text: string): {
  readonly header: Header
  readonly operations: readonly Operation[]
} {
  const [first, ...rest] = text
    .split('\n')
    .filter((one) => one.trim() !== '')
    .map((one) => parse(one, line))
  if (first?.key !== 'header') throw new Refusal(400, 'The first line must be the header')
  const operations = rest.filter((one) => one.key !== 'header')
  if (operations.length < rest.length) throw new Refusal(400, 'There is more than one header')
  const seen = new Set<string>()
  for (const { value } of operations) {
    checkPath(value.path)
    if (seen.has(value.path)) throw new Refusal(400, `Path named twice: ${value.path}`)
    seen.add(value.path)
  }
  return { header: first.value, operations }
}

function checkPath(path: string): void {
  const parts = path.replace(/\/$/, '').split('/')
  const bad = ['', '.', '..', '.git']
  if (parts.some((part) => bad.includes(part.toLowerCase())) || path.includes('\0')) {
    throw new Refusal(400, `Invalid path: ${path}`)
  }
}
