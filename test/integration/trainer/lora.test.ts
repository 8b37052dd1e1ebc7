import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { MetricsServer } from '../../fixtures/lora/metrics-server.ts'
import {
  checkpointSteps,
  isTrained,
  loraPython,
  makeScript,
  noLora,
  startTraining,
  writeTinyModels,
} from '../../fixtures/lora/tiny-training.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

const more = 3

test('a generated script fine-tunes a LLaMA, is stopped, goes on where it was, and saves', {
  timeout: 240_000,
}, async ({ skip }) => {
  const python = loraPython()
  if (python === undefined) return skip(noLora)
  const folder = temporaryFolder()
  const checkpoints = join(folder, 'checkpoints')
  const server = new MetricsServer()
  await server.come()
  onTestFinished(() => server.goAway())
  writeTinyModels(python, folder, ['llama'])
  const words = [
    ...['--model', join(folder, 'llama'), '--dataset', join(folder, 'rows.jsonl')],
    ...['--output-dir', join(folder, 'model'), '--logging-steps', '1', '--save-steps', '1000000'],
    ...['--eval-share', '0.1', '--metrics', 'perplexity,rouge', '--metrics-samples', '1'],
  ]
  const variables = { CHECKPOINT_DIR: checkpoints, ...server.environment }

  makeScript(folder, [...words, '--max-steps', '1000000'], python)
  let isTold = false
  const first = startTraining(python, folder, variables, (line, child) => {
    if (!isTold && line.includes('[Metrics] Posted step')) isTold = child.kill('SIGTERM')
  })
  expect(await first.ended, first.lines.join('\n')).toBe(143)
  const [saved = 0] = checkpointSteps(checkpoints)
  expect(saved).toBeGreaterThan(0)
  expect(server.steps).toEqual(Array.from({ length: saved }, (_none, at) => at + 1))

  makeScript(folder, [...words, '--max-steps', String(saved + more)], python)
  const second = startTraining(python, folder, variables)
  expect(await second.ended, second.lines.join('\n')).toBe(0)
  expect(second.lines).toContain('[Checkpoint] Found existing checkpoint, resuming...')
  expect(second.lines).toContain(`[Checkpoint] ${checkpoints}/checkpoint-${saved}`)
  expect(server.steps).toEqual(Array.from({ length: saved + more }, (_none, at) => at + 1))
  expect(isTrained(python, join(folder, 'model'))).toBe(true)
  const scores = JSON.parse(readFileSync(join(folder, 'model/metrics.json'), 'utf8'))
  expect(Object.keys(scores)).toEqual(expect.arrayContaining(['eval_loss', 'eval_perplexity', 'rougeL']))
})
