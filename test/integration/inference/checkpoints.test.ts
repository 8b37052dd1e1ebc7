import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { pythonWithTorch } from '../../../scripts/accept/pt-parity.ts'
import { readPt } from '../../../services/inference/model-host/files/read-pt.ts'
import { ModelRefused } from '../../../services/inference/model-host/model-refused.ts'
import { allowedGlobal } from '../../../services/inference/model-host/pickle/pickle-globals.ts'

const maker = fileURLToPath(new URL('../../fixtures/inference/make_checkpoint_cases.py', import.meta.url))

interface Case {
  readonly name: string
  /** The plain file with the same weights; null: it is refused. */
  readonly same: string | null
}

test('checkpoints are served as the plain ones with their weights, or refused, in all forms that torch writes', async (context) => {
  const python = pythonWithTorch(process.env)
  if (python === undefined) return context.skip('the Python environment .venv is not complete')
  const folder = await mkdtemp(join(tmpdir(), 'podmate-checkpoints-'))
  try {
    await promisify(execFile)(python, [maker, folder])
    const cases: readonly Case[] = JSON.parse(await readFile(join(folder, 'cases.json'), 'utf8'))
    const onnxOf = async (name: string) =>
      Buffer.from((await readPt(join(folder, `${name}.pt`), () => {})).onnx)
    const found: Record<string, string> = {}
    for (const { name, same } of cases) {
      const outcome = await onnxOf(name).catch((error: unknown) => error)
      if (!(outcome instanceof Buffer)) found[name] = reasonOf(outcome)
      else if (same === null || !outcome.equals(await onnxOf(same))) found[name] = 'served as something else'
    }
    const wanted = cases.filter(({ same }) => same === null).map(({ name }) => [name, expect.any(String)])
    expect(found).toEqual(Object.fromEntries(wanted))
    expect(Object.values(found).join('\n')).not.toMatch(/\bcode\b|served as something else/)
    expect(cases.length).toBeGreaterThan(100)
    const names: readonly string[] = JSON.parse(await readFile(join(folder, 'names.json'), 'utf8'))
    for (const name of names) expect(() => allowedGlobal(...split(name))).not.toThrow()
  } finally {
    await rm(folder, { recursive: true })
  }
}, 180_000)

function split(name: string): [string, string] {
  const at = name.lastIndexOf('.')
  return [name.slice(0, at), name.slice(at + 1)]
}

function reasonOf(error: unknown): string {
  if (error instanceof ModelRefused) return error.message
  throw error
}
