#!/usr/bin/env node
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { checkPython, checkShell, type SyntaxVerdict } from './make-training-script/check-syntax.ts'
import { configOfFlags } from './make-training-script/flags.ts'
import { type MakeCall, readCall, usage } from './make-training-script/read-call.ts'
import { ConfigError, readConfig } from './make-training-script/read-config.ts'
import { trainingScript } from './make-training-script/training-script.ts'
import { wrapper } from './make-training-script/wrapper.ts'

async function configFile(path: string | undefined): Promise<object> {
  if (path === undefined) return {}
  try {
    const read: unknown = JSON.parse(path === '-' ? await text(process.stdin) : await readFile(path, 'utf8'))
    if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read
    throw new Error('it must be an object')
  } catch (error) {
    throw new ConfigError([`--config: ${path}: ${error instanceof Error ? error.message : String(error)}`])
  }
}

/** Gives the exit code. */
async function make({ config: path, out, force, values }: MakeCall): Promise<number> {
  const config = readConfig({ ...(await configFile(path)), ...configOfFlags(values) })
  const script = join(out, 'train.py')
  const shell = join(out, 'train.sh')
  await mkdir(out, { recursive: true })
  const flag = force ? 'w' : 'wx'
  await writeFile(script, trainingScript(config), { flag })
  await writeFile(shell, wrapper(config), { flag })
  await chmod(shell, 0o755)
  const verdicts = [
    ['train.py', await checkPython(script, process.env.PYTHON ?? 'python3')],
    ['train.sh', await checkShell(shell)],
  ] as const
  for (const [name, verdict] of verdicts) console.log(`${join(out, name)}: ${saying(verdict)}`)
  return verdicts.some(([, verdict]) => verdict && 'problem' in verdict) ? 1 : 0
}

function saying(verdict: SyntaxVerdict): string {
  if (!verdict) return 'written, its syntax is right'
  return 'problem' in verdict
    ? `written, but WRONG: ${verdict.problem}`
    : `written, its syntax was not checked: ${verdict.unchecked}`
}

/** Says what is wrong with a configuration, or with a folder. */
function failure(error: unknown): number {
  if (error instanceof ConfigError) {
    for (const problem of error.problems) console.error(`make-training-script: ${problem}`)
    return 2
  }
  if (!(error instanceof Error && 'code' in error)) throw error
  const remedy = error.code === 'EEXIST' ? ' (--force writes over it)' : ''
  console.error(`make-training-script: ${error.message}${remedy}`)
  return 1
}

const call = readCall(process.argv.slice(2))
if (typeof call === 'string') {
  console.error(`make-training-script: ${call}\n--help lists what there is`)
  process.exitCode = 2
} else if (call.help) {
  console.log(usage())
} else {
  process.exitCode = await make(call).catch(failure)
}
