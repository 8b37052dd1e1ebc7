import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Whether programs can be read by what runs them: undefined when they can, what is wrong, or `unchecked` by whom. */
export type SyntaxVerdict = { readonly problem: string } | { readonly unchecked: string } | undefined

/** Compiles a Python program, without leaving anything beside it. */
export async function checkPython(path: string, python: string): Promise<SyntaxVerdict> {
  const cache = await mkdtemp(join(tmpdir(), 'podmate-compile-'))
  try {
    return await run(python, ['-m', 'py_compile', path], { PYTHONPYCACHEPREFIX: cache })
  } finally {
    await rm(cache, { recursive: true, force: true })
  }
}

/** Reads a shell script without running it. */
export async function checkShell(path: string): Promise<SyntaxVerdict> {
  return await run('bash', ['-n', path], {})
}

function run(
  command: string,
  words: readonly string[],
  more: Readonly<Record<string, string>>,
): Promise<SyntaxVerdict> {
  return new Promise((resolve) => {
    const env = { PATH: process.env.PATH, ...more }
    execFile(command, [...words], { env, timeout: 60_000 }, (error, _output, errors) => {
      if (!error) resolve(undefined)
      else if (error.code === 'ENOENT') resolve({ unchecked: `${command} is not installed` })
      else resolve({ problem: errors.trim() || error.message })
    })
  })
}
