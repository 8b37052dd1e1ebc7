import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Finding } from './line.ts'
import { root } from './root.ts'
import { runProgram } from './run-program.ts'

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

export interface TestsToRun {
  /** Parts of their paths. */
  readonly files: readonly string[]
  /** A pattern of their names; absent = all of the files. */
  readonly names?: string
  readonly env?: NodeJS.ProcessEnv
  /** A script of this repository that runs vitest with the words it is given; absent = vitest itself. */
  readonly program?: readonly string[]
}

const vitest = [join(root, 'node_modules/vitest/vitest.mjs'), 'run']

/** Runs some tests of this repository: how many passed, their lines of figures, and the names of those that did not. */
export async function runTests({
  files,
  names,
  env,
  program = vitest,
}: TestsToRun): Promise<readonly Finding[]> {
  const folder = mkdtempSync(join(tmpdir(), 'podmate-accept-'))
  try {
    const file = join(folder, 'report.json')
    const reporters = ['--reporter=json', `--outputFile=${file}`]
    const { output } = await runProgram(
      process.execPath,
      [...program, ...files, ...reporters, ...(names === undefined ? [] : ['-t', names])],
      { cwd: root, env: { ...process.env, ...env }, timeoutMs: 900_000 },
    )
    const report: Report = JSON.parse(readFileSync(file, 'utf8'))
    // With a pattern, those that it leaves out count as skipped, too.
    const skipped = names === undefined ? skippedIn(report) : []
    return [...findingsOf(report), ...skipped, ...figuresIn(output)]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function findingsOf({ testResults }: Report): readonly Finding[] {
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults)
  const passed = tests.filter(({ status }) => status === 'passed')
  const others = tests.filter(({ status }) => status !== 'passed' && status !== 'skipped')
  return [
    {
      fact: passed.length === 1 ? '1 test passed' : `${passed.length} tests passed`,
      holds: passed.length > 0,
    },
    ...others.map(({ fullName, status }) => ({ fact: `"${fullName}" ${status}`, holds: false })),
  ]
}

/** What was not tried is no acceptance. */
function skippedIn({ testResults }: Report): readonly Finding[] {
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults)
  const skipped = tests.filter(({ status }) => status === 'skipped')
  return skipped.map(({ fullName }) => ({ fact: `"${fullName}" skipped`, holds: false }))
}

/** The lines that tests print about what they have measured. */
function figuresIn(output: string): readonly Finding[] {
  const lines = output.split('\n').filter((line) => line.startsWith('[figures] '))
  return lines.map((line) => ({ fact: line.slice('[figures] '.length), holds: true }))
}
