#!/usr/bin/env node
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { answerLines, type InferAnswer } from './infer/answer-lines.ts'
import { detailOf } from './podctl/client.ts'
import { exitCodes, PodctlError } from './podctl/exit-codes.ts'
import { findPodmate } from './podctl/find-podmate.ts'

const usage = `node scripts/infer.ts [MOVE ...] [--fen FEN | --pgn FILE] [--topk N] [--winner W|B|D|unknown] [--url URL] [--token TOKEN] [--json]

Asks a running podmate for the next move after MOVEs (UCI, from the start position): node scripts/infer.ts e2e4 e7e5
With --fen the MOVEs follow that position, for models that know positions; --pgn takes the game of a file, or of - (stdin).
Without --url it asks the podmate of this machine.`

const options = {
  fen: { type: 'string' },
  pgn: { type: 'string' },
  topk: { type: 'string' },
  winner: { type: 'string' },
  url: { type: 'string' },
  token: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

type Game =
  | { readonly context: readonly string[] }
  | { readonly fen: string; readonly context: readonly string[] }
  | { readonly pgn: string }

function readArguments(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true })
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('. ')[0] : String(error)
    throw new PodctlError(exitCodes.usage, `${reason}\n${usage}`)
  }
}

async function infer(words: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const { values, positionals } = readArguments(words)
  if (values.help) return usage
  const topk = Number(values.topk ?? 5)
  if (!Number.isInteger(topk))
    throw new PodctlError(exitCodes.usage, `--topk must be a whole number, not ${values.topk}`)
  const { url, token, winner = 'W' } = values
  const game = await gameOf(values, positionals)
  const podmate = await findPodmate({ ...(url && { url }), ...(token && { token }) }, env)
  const answer = await podmate.request('POST', '/infer', {
    ...game,
    winner_side: winner === 'unknown' ? null : winner,
    topk,
  })
  if (answer.status !== 200) throw new PodctlError(exitCodes.notTrue, detailOf(answer))
  if (values.json) return JSON.stringify(answer.body, null, 2)
  return answerLines(answer.body as InferAnswer, pliesOf(game)).join('\n') // both ends are of one version
}

/** The game in the form in which it was given. */
async function gameOf(
  { fen, pgn }: { readonly fen?: string; readonly pgn?: string },
  context: readonly string[],
): Promise<Game> {
  if (pgn === undefined) return fen === undefined ? { context } : { fen, context }
  if (fen !== undefined || context.length > 0)
    throw new PodctlError(exitCodes.usage, '--pgn is a whole game: neither MOVEs nor --fen go with it')
  try {
    return { pgn: pgn === '-' ? await text(process.stdin) : await readFile(pgn, 'utf8') }
  } catch (error) {
    throw new PodctlError(exitCodes.usage, `${pgn} cannot be read: ${String(error)}`)
  }
}

/** How many plies went before, as the number of the next move counts them; undefined where only podmate knows. */
function pliesOf(game: Game): number | undefined {
  if (!('context' in game)) return undefined
  if (!('fen' in game)) return game.context.length
  const [, turn, , , , move = '1'] = game.fen.split(/\s+/)
  return 2 * (Number(move) - 1) + (turn === 'b' ? 1 : 0) + game.context.length
}

try {
  console.log(await infer(process.argv.slice(2), process.env))
} catch (error) {
  if (!(error instanceof PodctlError)) throw error
  console.error(`infer: ${error.message}`)
  process.exitCode = error.exitCode
}
