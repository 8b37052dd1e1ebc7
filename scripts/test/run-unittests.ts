import { spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Outcome } from './outcome.ts'

const folder = 'test/python'
const runner = 'scripts/test/run_unittests.py'

/** Runs the Python unittests in the environment that scripts/setup.mjs made (or with PODMATE_PYTHON). */
export function runUnittests(root: string, env: NodeJS.ProcessEnv): Outcome {
  const python = env.PODMATE_PYTHON ?? join(root, '.venv/bin/python')
  const isReady = env.PODMATE_PYTHON !== undefined || existsSync(join(root, '.venv/.podmate-setup'))
  if (!isReady)
    return allSkipped(root, 'the Python environment .venv is not complete (see the set-up lines above)')
  const temporary = mkdtempSync(join(tmpdir(), 'podmate-test-'))
  try {
    const report = join(temporary, 'report.json')
    const { status } = spawnSync(python, [runner, folder, report], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    if (existsSync(report)) return JSON.parse(readFileSync(report, 'utf8')) // written by run_unittests.py, as an Outcome
    return {
      passed: 0,
      failed: [`${folder}: ${python} wrote no report (exit ${status})`],
      skipped: [],
      flaky: [],
    }
  } finally {
    rmSync(temporary, { recursive: true })
  }
}

function allSkipped(root: string, reason: string): Outcome {
  const files = globSync(`${folder}/test_*.py`, { cwd: root })
  return { passed: 0, failed: [], skipped: files.map((name) => ({ name, reason })), flaky: [] }
}
