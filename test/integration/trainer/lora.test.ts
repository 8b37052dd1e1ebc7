import { globSync, readFileSync, writeFileSync } from 'node:fs'
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

  // Another training with the same CHECKPOINT_DIR: it begins anew, beside the first one.
  const stages = ['one', 'two'].map((name) => ({ name, max_steps: 2 }))
  writeFileSync(join(folder, 'stages.json'), JSON.stringify({ lora_r: 8, stages }))
  makeScript(folder, [...words.slice(0, 4), ...words.slice(6, 8), ...staged(folder)], python)
  const before = server.points.length
  const third = startTraining(python, folder, variables)
  expect(await third.ended, third.lines.join('\n')).toBe(0)
  expect(third.lines).toContain(
    `[Checkpoint] ${checkpoints} holds another training's checkpoints: lora_r was 16, now it is 8`,
  )
  expect(third.lines.join('\n')).not.toMatch(/resuming|complete/)
  expect(globSync('llama-*/2-two/checkpoint-2', { cwd: checkpoints })).toHaveLength(1)
  expect(checkpointSteps(checkpoints)).toEqual([saved, saved + more])
  expect(adapterRank(join(folder, 'other'))).toBe(8)
  expect(adapterRank(join(folder, 'model'))).toBe(16)
  const progress = server.points.slice(before).flatMap((point) => point.progress ?? [])
  expect(progress).toEqual(progress.toSorted((left, right) => Number(left) - Number(right)))
  expect([progress[0], progress.at(-1)]).toEqual([25, 100])
})

const staged = (folder: string) => [
  '--config',
  join(folder, 'stages.json'),
  '--output-dir',
  join(folder, 'other'),
]

function adapterRank(model: string): unknown {
  return JSON.parse(readFileSync(join(model, 'adapter_config.json'), 'utf8')).r
}
