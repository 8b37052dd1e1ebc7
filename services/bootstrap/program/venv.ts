import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BootstrapFailure } from '../exit-codes.ts'
import { say } from './say.ts'
import { runTool } from './tool.ts'

/** Lies in VENV_DIR while it is being made: with it, what is there is half of one. */
const unfinished = '.podmate-unfinished'

/** The Python of a virtual environment, which is made first when the folder is missing, empty or half made. */
export async function pythonOf(venv: string, env: NodeJS.ProcessEnv): Promise<string> {
  const python = join(venv, 'bin/python')
  const mark = join(venv, unfinished)
  if (existsSync(python) && !existsSync(mark)) return python
  const entries = readdirSync(venv)
  if (entries.length > 0 && !existsSync(mark)) {
    const sentence = `VENV_DIR is not empty and has no bin/python that works; delete it to have it made again`
    throw new BootstrapFailure('venvFailed', sentence)
  }
  await makeVenv(venv, mark, env)
  return python
}

async function makeVenv(venv: string, mark: string, env: NodeJS.ProcessEnv): Promise<void> {
  say('info', 'making the virtual environment of VENV_DIR')
  writeFileSync(mark, '')
  for (const name of readdirSync(venv)) {
    if (name !== unfinished) rmSync(join(venv, name), { recursive: true, force: true })
  }
  const end = await runTool('python3', ['-m', 'venv', venv], { cwd: '/', env, logAs: 'venv' })
  if (!end.ok) throw venvFailure(end.words)
  rmSync(mark)
}

function venvFailure(words: string): BootstrapFailure {
  const remedy =
    'install python3 with its venv module (Debian: python3-venv), or point VENV_DIR to an environment'
  return new BootstrapFailure(
    'venvFailed',
    `VENV_DIR could not be made; ${remedy} (python3 -m venv, ${words})`,
  )
}

/** The version of a Python, its build included; rejects when it does not start. */
export async function versionOf(python: string, env: NodeJS.ProcessEnv): Promise<string> {
  const end = await runTool(python, ['-I', '-c', 'import sys; print(sys.version)'], { cwd: '/', env })
  if (end.ok) return end.stdout
  const sentence = `the Python of VENV_DIR does not start; delete VENV_DIR to have it made again (${end.words})`
  throw new BootstrapFailure('venvFailed', sentence)
}
