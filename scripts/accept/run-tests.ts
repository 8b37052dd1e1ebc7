import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Outcome } from '../test/outcome.ts'
import { readVitestReport } from '../test/vitest-report.ts'
import type { Finding } from './line.ts'
import { root } from './root.ts'
import { runProgram } from './run-program.ts'

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
    const { code, output } = await runProgram(
      process.execPath,
      [...program, ...files, ...reporters, ...(names === undefined ? [] : ['-t', names])],
      { cwd: root, env: { ...process.env, ...env }, timeoutMs: 900_000 },
    )
    const outcome = readVitestReport(file, code)
    // With a pattern, those that it leaves out count as skipped, too.
    return [...findingsOf(names === undefined ? outcome : { ...outcome, skipped: [] }), ...figuresIn(output)]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What was not tried is no acceptance. */
function findingsOf({ passed, failed, skipped }: Outcome): readonly Finding[] {
  return [
    { fact: passed === 1 ? '1 test passed' : `${passed} tests passed`, holds: passed > 0 },
    ...failed.map((name) => ({ fact: `failed: ${name}`, holds: false })),
    ...skipped.map(({ name }) => ({ fact: `skipped: ${name}`, holds: false })),
  ]
}

/** The lines that tests print about what they have measured. */
function figuresIn(output: string): readonly Finding[] {
  const lines = output.split('\n').filter((line) => line.startsWith('[figures] '))
  return lines.map((line) => ({ fact: line.slice('[figures] '.length), holds: true }))
}
