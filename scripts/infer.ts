#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { answerLines, type InferAnswer } from './infer/answer-lines.ts'
import { detailOf } from './podctl/client.ts'
import { exitCodes, PodctlError } from './podctl/exit-codes.ts'
import { findPodmate } from './podctl/find-podmate.ts'

const usage = `node scripts/infer.ts [MOVE ...] [--topk N] [--winner W|B|D] [--url URL] [--token TOKEN] [--json]

Asks a running podmate for the next move after MOVEs (UCI, from the start position): node scripts/infer.ts e2e4 e7e5
Without --url it asks the podmate of this machine.`

const options = {
  topk: { type: 'string' },
  winner: { type: 'string' },
  url: { type: 'string' },
  token: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

function readArguments(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true })
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('. ')[0] : String(error)
    throw new PodctlError(exitCodes.usage, `${reason}\n${usage}`)
  }
}

async function infer(words: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const { values, positionals: context } = readArguments(words)
  if (values.help) return usage
  const topk = Number(values.topk ?? 5)
  if (!Number.isInteger(topk))
    throw new PodctlError(exitCodes.usage, `--topk must be a whole number, not ${values.topk}`)
  const { url, token, winner = 'W' } = values
  const podmate = await findPodmate({ ...(url && { url }), ...(token && { token }) }, env)
  const answer = await podmate.request('POST', '/infer', { context, winner_side: winner, topk })
  if (answer.status !== 200) throw new PodctlError(exitCodes.notTrue, detailOf(answer))
  if (values.json) return JSON.stringify(answer.body, null, 2)
  return answerLines(answer.body as InferAnswer, context.length).join('\n') // both ends are of one version
}

try {
  console.log(await infer(process.argv.slice(2), process.env))
} catch (error) {
  if (!(error instanceof PodctlError)) throw error
  console.error(`infer: ${error.message}`)
  process.exitCode = error.exitCode
}
