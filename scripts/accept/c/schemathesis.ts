import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Finding, Line } from '../line.ts'
import { pythonWithTorch } from '../pt-parity.ts'
import { runProgram } from '../run-program.ts'
import { startPod } from '../start-pod.ts'
import { untilReady } from './until-ready.ts'

const config = fileURLToPath(new URL('./schemathesis.toml', import.meta.url))
const limitMs = 3_600_000

/** What one run of schemathesis came to. */
export interface SchemaRun {
  readonly cases: number
  readonly failures: number
  readonly operations: number
  /** Everything that it printed. */
  readonly output: string
}

/** Its program beside the Python that tests use; undefined when it is not installed. */
export function schemathesisProgram(env: NodeJS.ProcessEnv): string | undefined {
  const python = pythonWithTorch(env)
  const path = python === undefined ? '' : join(dirname(python), 'schemathesis')
  return existsSync(path) ? path : undefined
}

/** Asks a podmate at `url` whatever its own /openapi.json allows and forbids: at most `perRoute` cases for each route. */
export async function runSchemathesis(
  program: string,
  { url, perRoute, seed }: { readonly url: string; readonly perRoute: number; readonly seed: number },
): Promise<SchemaRun> {
  const folder = await mkdtemp(join(tmpdir(), 'podmate-schemathesis-'))
  try {
    const report = join(folder, 'report.json')
    const target = new URL('/openapi.json', url).href
    const args = [
      '--config-file',
      config,
      'run',
      target,
      '--max-examples',
      String(perRoute),
      '--seed',
      String(seed),
    ]
    const env = { PATH: process.env.PATH, HOME: folder, LANG: 'C.UTF-8' }
    const { output } = await runProgram(program, [...args, '--report-json-path', report], {
      cwd: folder,
      env,
      timeoutMs: limitMs,
    })
    const text = await readFile(report, 'utf8').catch(() => {
      throw new Error(`schemathesis wrote no report: ${output.slice(-2000)}`)
    })
    const { test_cases: cases, operations, errors, complete } = JSON.parse(text)
    if (complete !== true || errors.length > 0)
      throw new Error(`schemathesis did not finish: ${output.slice(-2000)}`)
    return { cases: cases.generated, failures: cases.unique_failures, operations: operations.tested, output }
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** The full form: at least 20,000 cases against a whole pod. */
export const schemathesisLine: Line = { title: 'schemathesis', check: () => checkSchema(20_000, 4000) }

async function checkSchema(least: number, perRoute: number): Promise<readonly Finding[]> {
  const program = schemathesisProgram(process.env)
  if (program === undefined)
    throw new Error('schemathesis is not in .venv: run `node scripts/setup.mjs --test`')
  const pod = await startPod()
  try {
    await untilReady(pod.url)
    const { cases, failures, operations, output } = await runSchemathesis(program, {
      url: pod.url,
      perRoute,
      seed: 4,
    })
    if (failures > 0) console.error(output)
    return [
      { fact: `${cases} cases for ${operations} routes`, holds: cases >= least },
      { fact: `${failures} answers against the schema or with 5xx`, holds: failures === 0 },
      { fact: 'the pod lives', holds: (await fetch(new URL('/readyz', pod.url))).ok },
    ]
  } finally {
    await pod.end()
  }
}

if (import.meta.main) {
  const findings = await schemathesisLine.check()
  console.log(findings.map(({ fact }) => fact).join('; '))
  process.exitCode = findings.every(({ holds }) => holds) ? 0 : 1
}
