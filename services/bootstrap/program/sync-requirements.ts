import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { isAbsolute, join, relative, resolve } from 'node:path'
import { makeFolder } from '../../../supervisor/make-folder.ts'
import { BootstrapFailure } from '../exit-codes.ts'
import type { AccountNumbers, RequirementsOrder } from '../orders.ts'
import { become, canBecome, environmentAs, ownerOf, self } from './accounts.ts'
import { pipFailure } from './pip-failure.ts'
import { planRequirements } from './plan-requirements.ts'
import { requirementsHash } from './requirement-files.ts'
import { report, say } from './say.ts'
import { runTool } from './tool.ts'
import { pythonOf, versionOf } from './venv.ts'
import { writeWhole } from './write-whole.ts'

const stampName = '.podmate-requirements.sha256'

/** Installs the requirements of REPO_DIR into VENV_DIR, as its owner, unless exactly these are installed already. */
export async function syncRequirements(order: RequirementsOrder, env: NodeJS.ProcessEnv): Promise<void> {
  const { dir, venv, requirementsFile } = order
  const file = resolve(dir, requirementsFile)
  if (!existsSync(file)) {
    if (order.fileGiven) throw missingFile(file)
    return tell('none', `REPO_DIR has no ${requirementsFile}`)
  }
  const account = accountOf(order)
  if (!canBecome(account)) throw notOurs(account)
  const isMissing = !ownerOf(venv)
  if (isMissing) await makeFolder(venv, account, { deep: true })
  const own = pipEnvironment(environmentAs(account, env), venv)
  become(account)
  if (isMissing) mkdirSync(venv, { recursive: true }) // where it could not be made, this says why
  const python = await pythonOf(venv, own)
  const hash = requirementsHash({ file, folder: dir, python: await versionOf(python, own), venv })
  const stampFile = join(venv, stampName)
  const plan = planRequirements({ hash, stamp: readStamp(stampFile), force: order.force })
  if (plan.do === 'nothing') return tell('up to date', plan.why, { hash })
  tell('installing', plan.why, { hash })
  // Taken away first: after half an install the old stamp would be a lie as well.
  rmSync(stampFile, { force: true })
  const seconds = await install(python, file, order, own)
  writeWhole(stampFile, `${hash}\n`)
  tell('installed', `in ${seconds} s`, { hash, seconds })
}

async function install(
  python: string,
  file: string,
  { dir }: RequirementsOrder,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const startMs = performance.now()
  const end = await runTool(python, ['-m', 'pip', 'install', '-r', file], { cwd: dir, env, logAs: 'pip' })
  if (!end.ok) throw pipFailure(file, end)
  return Math.round((performance.now() - startMs) / 100) / 10
}

/** pip asks nothing, draws nothing and looks for no newer pip; what it installs goes into the venv and nowhere else. */
export function pipEnvironment(env: NodeJS.ProcessEnv, venv: string): NodeJS.ProcessEnv {
  const { PYTHONHOME: _, PIP_TARGET: __, PIP_PREFIX: ___, ...kept } = env
  return {
    ...kept,
    PATH: `${join(venv, 'bin')}:${env.PATH ?? ''}`,
    VIRTUAL_ENV: venv,
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_NO_INPUT: '1',
    PIP_PROGRESS_BAR: 'off',
    PIP_ROOT_USER_ACTION: 'ignore',
    PIP_USER: '0',
    PYTHONUNBUFFERED: '1',
  }
}

/** Who owns the venv, or will: a venv inside the repository belongs to whoever the repository belongs to. */
function accountOf({ dir, venv, account }: RequirementsOrder): AccountNumbers {
  const way = relative(dir, venv)
  const inside = !way.startsWith('..') && !isAbsolute(way)
  return ownerOf(venv) ?? (inside ? ownerOf(dir) : undefined) ?? account ?? self()
}

function readStamp(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined
}

function tell(
  state: string,
  why: string,
  facts: { readonly hash?: string; readonly seconds?: number } = {},
): void {
  report('requirements', { state, why, ...facts })
  say('info', `requirements: ${state}: ${why}`)
}

function missingFile(file: string): BootstrapFailure {
  return new BootstrapFailure(
    'requirementsMissing',
    `REQUIREMENTS_FILE: ${file} does not exist; correct or unset it`,
  )
}

function notOurs({ uid }: AccountNumbers): BootstrapFailure {
  const mine = self().uid
  const sentence = `VENV_DIR belongs to uid ${uid}, and podmate runs as uid ${mine}; run podmate as root, or set VENV_DIR to a folder of your own`
  return new BootstrapFailure('venvFailed', sentence)
}
