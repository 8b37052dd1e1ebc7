import { parseArgs } from 'node:util'
import type { PeerForm } from './server.ts'

/** How long and how much the bench of inference measures. */
export interface BenchOptions {
  /** For each server, kind and number of clients, once a round. */
  readonly seconds: number
  readonly rounds: number
  /** How long a pod that nobody asks is watched. */
  readonly idleSeconds: number
  readonly clients: readonly number[]
  readonly json: boolean
  /** How to run the peer; absent: all forms are tried first and the best is taken. */
  readonly peer?: PeerForm
}

export const usage = `npm run bench -- inference [--seconds N] [--rounds N] [--idle-seconds N] [--clients N,N] [--peer loop|pool,THREADS] [--json]

Podmate against a plain FastAPI and PyTorch server with the same weights, asked the same.
--json prints the requests per second alone on stdout; everything else goes to stderr.`

/** Throws an Error that says which option is wrong. */
export function readOptions(words: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...words],
    options: {
      seconds: { type: 'string', default: '4' },
      rounds: { type: 'string', default: '5' },
      'idle-seconds': { type: 'string', default: '30' },
      clients: { type: 'string', default: '1,8,32' },
      json: { type: 'boolean', default: false },
      peer: { type: 'string' },
    },
  })
  return {
    seconds: positive('--seconds', values.seconds),
    rounds: Math.ceil(positive('--rounds', values.rounds)),
    idleSeconds: positive('--idle-seconds', values['idle-seconds']),
    clients: values.clients.split(',').map((text) => Math.ceil(positive('--clients', text))),
    json: values.json,
    ...(values.peer === undefined ? {} : { peer: formOf(values.peer) }),
  }
}

function formOf(text: string): PeerForm {
  const [runsIn, threads = ''] = text.split(',')
  if (runsIn === 'loop' || runsIn === 'pool') return { runsIn, threads: positive('--peer', threads) }
  throw new Error(`--peer must be loop,THREADS or pool,THREADS, not ${text}`)
}

function positive(name: string, text: string): number {
  const number = Number(text)
  if (number > 0 && Number.isFinite(number)) return number
  throw new Error(`${name} must be a number above 0, not ${text}`)
}
