import { BootstrapFailure } from '../exit-codes.ts'
import type { ToolEnd } from './tool.ts'

/** A failure of pip in words: which requirement of which file, pip's own reason and exit code, what to do. */
export function pipFailure(file: string, { words, stdout, stderr }: ToolEnd): BootstrapFailure {
  const output = `${stdout}\n${stderr}`
  if (/No module named pip/.test(output)) {
    return new BootstrapFailure(
      'pipFailed',
      'the Python of VENV_DIR has no pip; run `python -m ensurepip` with it, or delete VENV_DIR to have it made again',
    )
  }
  if (/No space left on device|Disk quota exceeded/.test(output)) {
    return new BootstrapFailure('diskFull', `VENV_DIR: its volume is full; free some space (pip, ${words})`)
  }
  const reason = tellingLine(output)
  const name = packageIn(output)
  const what = name === undefined ? file : `${name} of ${file}`
  return new BootstrapFailure(
    'pipFailed',
    `pip could not install ${what}; correct the file, or look at the network (pip, ${words}: ${reason})`,
  )
}

const packagePatterns = [
  /No matching distribution found for ([^\n]+?)(?: \(from |\n|$)/,
  /Could not find a version that satisfies the requirement ([^\n]+?) \(from /,
  /Cannot install ([^\n]+?) because these package versions/,
  /Invalid requirement: '([^'\n]+)'/,
  /Failed to build '([^'\n]+)'/,
  /Failed to build (?:installable wheels for some pyproject\.toml based projects )?\(?([\w.[\]-]+)/,
  /Failed building wheel for ([^\s]+)/,
] as const

function packageIn(output: string): string | undefined {
  const found = packagePatterns.map((pattern) => pattern.exec(output)?.[1]).find((name) => name !== undefined)
  return found?.trim()
}

function tellingLine(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '')
  const errors = lines.filter((line) => /^\s*ERROR:/.test(line))
  return (errors.at(-1) ?? lines.at(-1) ?? 'no words').trim().slice(0, 300)
}
