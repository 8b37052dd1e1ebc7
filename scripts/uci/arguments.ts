import { parseArgs } from 'node:util'
import { unquoted } from '../../environment/as-meant.ts'
import { exitCodes, PodctlError } from '../podctl/exit-codes.ts'
import type { PodmatePlace } from './podmate.ts'

export const usage = `node scripts/uci.ts [--url URL] [--token TOKEN]

A UCI chess engine that plays the model of a podmate: add it to a chess GUI as an engine.
Without a URL it plays the podmate of this machine.

  --url URL      where podmate listens; also: the option URL, or the variable PODMATE_URL
  --token TOKEN  its API_TOKEN; better the option Token, or the variable PODMATE_TOKEN or API_TOKEN,
                 because every account of a machine can read the arguments of its programs
  -h, --help     this text

Options of the engine: URL, Token, WinnerSide (auto: play as those games went that the engine's own
colour won), Temperature (percent; 0: the best move, 100: drawn by the model's probabilities), TopK (draw
from so many of the best; 0: all), Seed (0: other games every time), MultiPV, Move Overhead, UCI_ShowWDL.`

const options = {
  url: { type: 'string' },
  token: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

/** Which podmate to play; `help` when that was asked for. Throws exit 2 with a sentence. */
export function readArguments(words: readonly string[], env: NodeJS.ProcessEnv): PodmatePlace | 'help' {
  const { help, url, token } = parsed(words)
  if (help) return 'help'
  return {
    url: url ?? unquoted(env.PODMATE_URL ?? ''),
    token: token ?? (unquoted(env.PODMATE_TOKEN ?? '') || unquoted(env.API_TOKEN ?? '')),
  }
}

function parsed(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options }).values
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('. ')[0] : String(error)
    throw new PodctlError(exitCodes.usage, `${reason}\n${usage}`)
  }
}
