import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cleanEnvironment, firstRun } from '../first-run.ts'
import { freePort } from '../free-port.ts'
import type { Finding, Line } from '../line.ts'
import { root } from '../root.ts'
import { runProgram } from '../run-program.ts'

const systems = [
  ['darwin', 'arm64'],
  ['win32', 'x64'],
] as const

/** What somebody meets who has git, a Node of the system and npm, and nothing else. */
export const freshClone: Line = {
  title: 'fresh clone',
  async check() {
    const folder = mkdtempSync(join(tmpdir(), 'podmate-clone-'))
    chmodSync(folder, 0o755) // a clone that no other account can read is another story
    try {
      const home = join(folder, 'home')
      const clone = join(folder, 'clone')
      mkdirSync(home)
      const env = cleanEnvironment(process.env, home, await freePort())
      await must('git', ['clone', '--quiet', root, clone], folder, env)
      const runs = [...(await firstRun('first', clone, env)), ...(await firstRun('second', clone, env))]
      const dirt = await must('git', ['status', '--porcelain'], clone, env)
      return [
        ...runs,
        { fact: dirt === '' ? 'nothing is left that git sees' : `git sees ${dirt}`, holds: dirt === '' },
        ...(await Promise.all(systems.map(([os, cpu]) => installs(os, cpu, clone, env)))),
        ...(await testsPass(clone, env)),
      ]
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

async function must(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const { code, output } = await runProgram(command, args, { cwd, env, timeoutMs: 60_000 })
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${output}`)
  return output.trim()
}

async function installs(os: string, cpu: string, cwd: string, env: NodeJS.ProcessEnv): Promise<Finding> {
  const args = ['ci', '--dry-run', `--os=${os}`, `--cpu=${cpu}`]
  const { code } = await runProgram('npm', args, { cwd, env, timeoutMs: 300_000 })
  return { fact: `npm ${args.join(' ')}: exit ${code}`, holds: code === 0 }
}

async function testsPass(cwd: string, env: NodeJS.ProcessEnv): Promise<readonly Finding[]> {
  const startMs = performance.now()
  const options = { cwd, env: { ...env, CI: 'true' }, timeoutMs: 3_600_000 }
  const { code, output } = await runProgram('npm', ['test', '--silent'], options)
  const minutes = ((performance.now() - startMs) / 60_000).toFixed(1)
  const lines = output.trim().split('\n')
  const failed = lines.filter((line) => line.startsWith('failed: '))
  return [
    { fact: `npm test: ${lines.at(-1)} in ${minutes} min`, holds: code === 0 },
    ...failed.map((fact) => ({ fact, holds: false })),
  ]
}
