import { join } from 'node:path'
import { type Asker, askShell } from '../../supervisor/ask-shell.ts'
import { CannotRunHere } from '../../supervisor/ending.ts'

/** What is started as JupyterLab, and with which PATH. */
export interface LabProgram {
  readonly command: string
  readonly args: readonly string[]
  readonly path: string
  /** Said in the log when VENV_DIR was passed over. */
  readonly warning?: string
}

const inVenv = '[ -d "$1" ] || exit 2; [ -x "$1/jupyter-lab" ] && [ ! -d "$1/jupyter-lab" ]'
const onPath = 'PATH=$1; command -v jupyter-lab || command -v jupyter'

/** JupyterLab of VENV_DIR, else of PATH. Never waits for a volume that hangs; throws a sentence when there is none. */
export async function findProgram(venvDir: string, userPath: string, asker: Asker): Promise<LabProgram> {
  const bin = join(venvDir, 'bin')
  const containerPath = withoutFolder(userPath, bin)
  const venv = await askShell(inVenv, [bin], asker)
  const path = venv && venv.exitCode !== 2 ? [bin, containerPath].filter(Boolean).join(':') : containerPath
  if (venv?.exitCode === 0) return { command: join(bin, 'jupyter-lab'), args: [], path }
  const found = await askShell(onPath, [containerPath], asker)
  if (!found?.out.startsWith('/')) {
    if (venv === undefined) throw new Error(`${hangs(venvDir)}, and there is no jupyter program in PATH`)
    throw new CannotRunHere(notFound(venvDir))
  }
  const { out: command } = found
  const warning = venv ? {} : { warning: `${hangs(venvDir)}; ${command} is used instead` }
  return { command, args: command.endsWith('/jupyter') ? ['lab'] : [], path, ...warning }
}

const hangs = (venvDir: string) => `VENV_DIR (${venvDir}) does not answer: its volume hangs`

function notFound(venvDir: string): string {
  return `no jupyter program in VENV_DIR (${venvDir}) or PATH: install jupyterlab, or set START_JUPYTER=0`
}

function withoutFolder(path: string, folder: string): string {
  return path
    .split(':')
    .filter((part) => part !== folder)
    .join(':')
}
