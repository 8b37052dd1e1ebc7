import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { noImages } from '../../test/image/build/programs.ts'
import type { Outcome } from './outcome.ts'
import { readVitestReport } from './vitest-report.ts'

/** What every run tries of the image; the rest of them, and all at full size: `npm run accept -- G`. */
const files = ['doors', 'end', 'contents'].map((name) => `test/image/${name}.test.ts`)
const runner = 'test/image/run.ts'

/** Builds the image from the Dockerfile, or takes what has not changed since from its cache, and boots it. */
export function runImageTests(root: string): Outcome {
  const reason = noImages()
  if (reason !== undefined)
    return { passed: 0, failed: [], skipped: files.map((name) => ({ name, reason })), flaky: [] }
  const temporary = mkdtempSync(join(tmpdir(), 'podmate-test-'))
  try {
    const file = join(temporary, 'report.json')
    const reporters = ['--retry=2', '--reporter=default', '--reporter=json', `--outputFile=${file}`]
    const { status } = spawnSync(process.execPath, [join(root, runner), ...files, ...reporters], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    if (existsSync(file)) return readVitestReport(file, status)
    return { passed: 0, failed: [`${runner} wrote no report (exit ${status})`], skipped: [], flaky: [] }
  } finally {
    rmSync(temporary, { recursive: true })
  }
}
