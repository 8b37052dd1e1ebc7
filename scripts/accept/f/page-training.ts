import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { shoot, views } from '../../screenshots/shoot.ts'
import type { Finding, Line } from '../line.ts'
import { root } from '../root.ts'
import { startPod } from '../start-pod.ts'
import { untilSeen, withBrowser } from './page-visit.ts'

const trainingMs = 20 * 60_000

interface SeenJob {
  readonly status: string
  readonly last_step: number | null
  readonly progress: number | null
}

/** The reference trainer on the sample games, as the page draws it: pictures at its beginning, in the middle, at its end. */
export const pageTrainingLine: Line = {
  title: 'live training in a browser',
  check: () => withBrowser(watchTraining),
}

async function watchTraining(browser: Browser): Promise<readonly Finding[]> {
  const folder = mkdtempSync(join(tmpdir(), 'podmate-training-'))
  const python = process.env.PODMATE_PYTHON ?? join(root, '.venv/bin/python')
  const trainer = join(root, 'services/trainer/python/train_chess.py')
  const pod = await startPod({
    ARTIFACT_DIRS: folder,
    CHECKPOINT_DIR: folder,
    TRAIN_COMMAND: `'${python}' '${trainer}' --epochs 2`,
    TRAIN_RESTART: 'never',
  })
  const job = async (): Promise<SeenJob | undefined> => {
    const answer = await fetch(new URL('/api/training/jobs', pod.url)).catch(() => undefined)
    const { jobs } = answer?.ok ? ((await answer.json()) as { jobs: SeenJob[] }) : { jobs: [] } // its own schema
    return jobs[0]
  }
  const shares: readonly [string, (job: SeenJob) => boolean][] = [
    ['start', ({ last_step: step, progress }) => (step ?? 0) >= 5 && (progress ?? 0) < 30],
    ['middle', ({ progress }) => (progress ?? 0) >= 45],
    ['end', ({ status }) => status === 'completed'],
  ]
  const findings: Finding[] = []
  try {
    for (const [stage, is] of shares) {
      await untilSeen(
        `the ${stage} of the training`,
        async () => (await job().then((one) => one && is(one))) ?? false,
        trainingMs,
      )
      findings.push(...(await shootAll(browser, pod.url, stage)))
    }
  } finally {
    await pod.end()
    rmSync(folder, { recursive: true })
  }
  return findings
}

async function shootAll(browser: Browser, url: string, stage: string): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const view of views.filter(({ name }) => name === 'desk-light' || name === 'phone-dark')) {
    const file = join(root, 'docs', `training-${stage}-${view.name}.png`)
    const told = await shoot(browser, url, { file, view, part: '#training' })
    findings.push({ fact: told.replace(`${root}/`, ''), holds: true })
  }
  return findings
}
