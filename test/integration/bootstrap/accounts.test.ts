import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ordersOf } from '../../../services/bootstrap/service.ts'
import { type Word, wordIn } from '../../../services/bootstrap/words.ts'
import { openFolder, options, runner } from '../../fixtures/bootstrap/bootstrap-pod.ts'
import { writeFiles } from '../../fixtures/bootstrap/origin.ts'

const program = join(import.meta.dirname, '../../../services/bootstrap/program/main.ts')

/** The program itself, started as an account that is not root, as in a podmate that root did not start. */
function asRunner(order: ReturnType<typeof ordersOf>[number]): {
  status: number | null
  words: readonly Word[]
} {
  const { status, stdout } = spawnSync(process.execPath, [program, JSON.stringify(order)], {
    cwd: '/',
    encoding: 'utf8',
    env: options('/').env,
    uid: runner.uid,
    gid: runner.gid,
  })
  return { status, words: stdout.split('\n').flatMap((line) => wordIn(line) ?? []) }
}

/** Why the program cannot be started as somebody else here; undefined when it can. */
function cannotTry(): string | undefined {
  if (process.getuid?.() !== 0) return 'cannot be installed: only root can start a program as another account'
  const { status } = spawnSync('/bin/cat', [program, process.execPath], { ...runner, stdio: 'ignore' })
  return status === 0 ? undefined : 'cannot be installed: other accounts cannot read this folder'
}

describe('the bootstrap program, not as root', () => {
  it('leaves a tree of another account alone, and says whose it is', ({ skip }) => {
    const problem = cannotTry()
    if (problem) return skip(problem)
    const folder = openFolder()
    const given = options(folder, { url: 'http://127.0.0.1:1/a.git' })
    writeFiles(given.dir, { 'train.py': '' })
    const [repo] = ordersOf(given)
    expect(asRunner(repo)).toEqual({
      status: 0,
      words: [
        {
          type: 'report',
          part: 'repo',
          details: {
            state: 'unknown',
            action: `left alone: it belongs to uid 0, and podmate runs as uid ${runner.uid}: run podmate as that account or as root`,
          },
        },
        {
          type: 'said',
          level: 'warn',
          text: expect.stringContaining('REPO_DIR: left alone: it belongs to uid 0'),
        },
      ],
    })
  })

  it('refuses to install into a venv of another account, and names the remedy', ({ skip }) => {
    const problem = cannotTry()
    if (problem) return skip(problem)
    const given = options(openFolder(), { sync: true })
    writeFiles(given.dir, { 'requirements.txt': '' })
    mkdirSync(given.venv)
    const { status, words } = asRunner(ordersOf(given)[1])
    expect(status).toBe(21)
    expect(words).toContainEqual({
      type: 'failed',
      sentence: `VENV_DIR belongs to uid 0, and podmate runs as uid ${runner.uid}; run podmate as root, or set VENV_DIR to a folder of your own`,
    })
  })

  it('names REPO_DIR when it may not be made', ({ skip }) => {
    const problem = cannotTry()
    if (problem) return skip(problem)
    const folder = openFolder()
    const [repo] = ordersOf(options(folder, { url: 'http://127.0.0.1:1/a.git' }))
    const { status, words } = asRunner(repo)
    expect(status).toBe(14)
    expect(words).toContainEqual({
      type: 'failed',
      sentence: expect.stringMatching(/^REPO_DIR: it may not be written; .*EACCES/),
    })
  })
})
