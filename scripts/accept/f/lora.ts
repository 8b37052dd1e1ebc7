import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MetricsServer } from '../../../test/fixtures/lora/metrics-server.ts'
import {
  checkpointSteps,
  isTrained,
  loraPython,
  makeScript,
  noLora,
  startTraining,
  writeTinyModels,
} from '../../../test/fixtures/lora/tiny-training.ts'
import type { Finding, Line } from '../line.ts'

/** A tiny model of each architecture, and of some the other members that name their parts differently. */
const kinds = ['llama', 'mistral', 'gpt2', 'gpt_neox', 'bert', 't5', 'phi', 'phi3', 'gemma'] as const
const architectureOf: Readonly<Record<string, string>> = { gpt2: 'gpt', gpt_neox: 'gpt', phi3: 'phi' }
const stopAtStep = 20

/** The script for an architecture compiles, and does two steps with a tiny model of it. */
async function twoSteps(python: string, folder: string, kind: string): Promise<Finding> {
  const out = join(folder, `run-${kind}`)
  const architecture = architectureOf[kind] ?? kind
  mkdirSync(out)
  const said = makeScript(
    out,
    [
      ...wordsFor(folder, kind, out),
      '--architecture',
      architecture,
      '--max-steps',
      '2',
      '--gradient-checkpointing',
    ],
    python,
  )
  const isRight = said.split('its syntax is right').length === 3
  const training = startTraining(python, out)
  const code = await training.ended
  const holds = isRight && code === 0 && isTrained(python, join(out, 'model'))
  return {
    fact: `${architecture} (${kind})${holds ? '' : `: exit ${code}, ${training.lines.at(-1)}`}`,
    holds,
  }
}

function wordsFor(folder: string, kind: string, out: string): readonly string[] {
  return [
    ...['--model', join(folder, kind), '--dataset', join(folder, 'rows.jsonl'), '--logging-steps', '1'],
    ...['--output-dir', join(out, 'model'), '--checkpoint-dir', join(out, 'checkpoints')],
  ]
}

/** A LLaMA is trained, stopped by SIGTERM, goes on from its checkpoint, and is saved; each step is reported. */
async function stoppedAndResumed(python: string, folder: string): Promise<readonly Finding[]> {
  const out = join(folder, 'resumed')
  mkdirSync(out)
  const server = new MetricsServer()
  await server.come()
  const words = [
    ...[...wordsFor(folder, 'llama', out), '--save-steps', '1000000', '--learning-rate', '0.01'],
    ...['--eval-share', '0.1', '--metrics', 'perplexity,bleu,rouge', '--metrics-samples', '5'],
  ]
  try {
    makeScript(out, [...words, '--max-steps', '1000000'], python)
    let isTold = false
    const first = startTraining(python, out, server.environment, (_line, child) => {
      if (!isTold && server.steps.length >= stopAtStep) isTold = child.kill('SIGTERM')
    })
    const stopped = await first.ended
    const saved = checkpointSteps(join(out, 'checkpoints')).at(-1) ?? 0
    makeScript(out, [...words, '--max-steps', String(saved + stopAtStep)], python)
    const second = startTraining(python, out, server.environment)
    const ended = await second.ended
    const isInOrder = server.steps.every((step, at) => step === at + 1)
    const has = (text: string) => second.lines.some((line) => line.includes(text))
    return [
      {
        fact: `stopped by SIGTERM with exit ${stopped} at step ${saved}`,
        holds: stopped === 143 && saved > 0,
      },
      { fact: `resumed from checkpoint-${saved}`, holds: has('resuming...') && has(`checkpoint-${saved}`) },
      { fact: `ended with exit ${ended}`, holds: ended === 0 },
      {
        fact: `${server.steps.length} steps reported${isInOrder ? ' in order' : ''}`,
        holds: isInOrder && server.steps.length === saved + stopAtStep,
      },
      { fact: 'a trained adapter was saved', holds: isTrained(python, join(out, 'model')) },
    ]
  } finally {
    await server.goAway()
  }
}

/** Generated fine-tuning scripts: all architectures, and a whole life of one. */
export const loraLine: Line = {
  title: 'generated LoRA scripts',
  async check() {
    const python = loraPython()
    if (python === undefined) return [{ fact: noLora, holds: false }]
    const folder = mkdtempSync(join(tmpdir(), 'podmate-accept-'))
    try {
      writeTinyModels(python, folder, kinds)
      const findings: Finding[] = []
      for (const kind of kinds) findings.push(await twoSteps(python, folder, kind))
      return [...findings, ...(await stoppedAndResumed(python, folder))]
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}
