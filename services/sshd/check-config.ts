import { mkdir } from 'node:fs/promises'
import { runProgram } from './run-program.ts'

/** What sshd says against its configuration; undefined when it would start with it. */
export async function configProblem(sshd: string, configPath: string): Promise<string | undefined> {
  const first = await test(sshd, configPath)
  const missing = /privilege separation directory: (\S+)/i.exec(first ?? '')?.[1]
  if (missing === undefined) return first
  await mkdir(missing, { recursive: true, mode: 0o755 })
  return test(sshd, configPath)
}

/** What a shell says against the file that sets up each session; undefined when it takes it. */
export async function sessionProblem(environmentPath: string): Promise<string | undefined> {
  return problemOf(runProgram('/bin/sh', ['-c', '. "$1"', 'check', environmentPath]))
}

const test = (sshd: string, configPath: string) => problemOf(runProgram(sshd, ['-t', '-f', configPath]))

function problemOf(run: Promise<string>): Promise<string | undefined> {
  return run.then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)).split('\n').join('; '),
  )
}
