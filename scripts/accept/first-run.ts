import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { delimiter } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import {
  descendants,
  hasInEnvironment,
  listProcesses,
  type ProcessEntry,
} from '../../supervisor/process-table.ts'
import { firstAnswer, firstQuestion } from './first-answer.ts'
import type { Finding } from './line.ts'

const startMs = 600_000
const endMs = 20_000

/** This environment for somebody new: an empty home, nothing of npm's or this repository's, and a port. */
export function cleanEnvironment(env: NodeJS.ProcessEnv, home: string, port: number): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^(npm_|NODE_|INIT_CWD$|INFERENCE_)/i.test(name))
  const path = (env.PATH ?? '').split(delimiter).filter((folder) => !folder.endsWith('node_modules/.bin'))
  return {
    ...Object.fromEntries(kept),
    PATH: path.join(delimiter),
    HOME: home,
    INFERENCE_API_PORT: String(port),
  }
}

/** `npm start` in a clone until /infer answers, then Ctrl-C: how long it took, what was answered, what was left. */
export async function firstRun(
  name: string,
  clone: string,
  env: NodeJS.ProcessEnv,
): Promise<readonly Finding[]> {
  const startedMs = performance.now()
  const npm = spawn('npm', ['start'], { cwd: clone, env, stdio: 'ignore', detached: true })
  await once(npm, 'spawn')
  try {
    const gone = new AbortController()
    npm.once('exit', (code) => gone.abort(new Error(`npm start ended with ${code} before it answered`)))
    const stop = AbortSignal.any([gone.signal, AbortSignal.timeout(startMs)])
    const url = `http://127.0.0.1:${env.INFERENCE_API_PORT}/infer`
    const { best_legal: move } = (await firstAnswer(url, firstQuestion, stop)) as { best_legal: string } // the schema of /infer
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
    return [
      { fact: `${name} run: ${move} after ${seconds} s`, holds: isMove(move) },
      await afterCtrlC(npm, env),
    ]
  } finally {
    for (const pid of left([], env)) kill(pid, 'SIGKILL')
  }
}

/** Ctrl-C signals the whole group that npm leads. */
async function afterCtrlC(npm: ChildProcess, env: NodeJS.ProcessEnv): Promise<Finding> {
  const started = descendants(process.pid, listProcesses())
  const askedMs = performance.now()
  if (npm.pid !== undefined) kill(-npm.pid, 'SIGINT')
  while (left(started, env).length > 0 && performance.now() - askedMs < endMs) await pause(50)
  const count = left(started, env).length
  const seconds = ((performance.now() - askedMs) / 1000).toFixed(1)
  const fact = count > 0 ? `${count} processes are left after Ctrl-C` : `Ctrl-C: all gone after ${seconds} s`
  return { fact, holds: count === 0 }
}

/** Those of the given processes that still run, and any that have this home. */
function left(started: readonly ProcessEntry[], { HOME }: NodeJS.ProcessEnv): readonly number[] {
  return listProcesses()
    .filter(
      ({ pid, startTicks }) =>
        started.some((entry) => entry.pid === pid && entry.startTicks === startTicks) ||
        hasInEnvironment(pid, (assignment) => assignment === `HOME=${HOME}`),
    )
    .map(({ pid }) => pid)
}

/** One of White's after 1. e4 e5, by its shape; that podmate answers with legal moves only is tested elsewhere. */
function isMove(move: string): boolean {
  return /^[a-h][1-4][a-h][1-6]$/.test(move)
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // gone meanwhile
  }
}
