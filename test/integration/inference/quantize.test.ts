import { expect, test } from 'vitest'
import { runInference } from '../../fixtures/inference/run-inference.ts'

test('inference with int8 tells in /status and in the log how far it agrees, and answers', async () => {
  const pod = await runInference({ int8: true })
  await pod.becomes('ready')
  const { int8 } = pod.status()?.details ?? {}
  expect(int8).toMatchObject({ served: true, positions: 240 })
  expect(pod.logLines().join('\n')).toContain('same_first')
  const answer = await pod.infer({ context: ['e2e4', 'e7e5'], topk: 3 })
  expect([answer.status, await answer.json()]).toEqual([
    200,
    expect.objectContaining({ best_legal: expect.stringMatching(/^[a-h][1-8][a-h][1-8]$/) }),
  ])
  await pod.stop()
})
