import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startHub } from '../../fakes/hub.ts'
import { type Runpod, startRunpod } from '../../fakes/runpod.ts'
import { onnxGraph } from '../../fixtures/artifacts/onnx-graph.ts'
import { onlyByFlush, startUploadPod } from '../../fixtures/artifacts/upload-pod.ts'
import { onRunpod } from '../../fixtures/autostop/watched-pod.ts'

const terminating = { ...onlyByFlush, AUTOSTOP_VERB: 'terminate', IDLE_TIMEOUT_SECONDS: '86400' }
const becomes = (runpod: Runpod, id: string, status: string) =>
  expect.poll(() => runpod.pod(id).status).toBe(status)

test('a pod is only stopped while a file matches no pattern, and the file is named', async () => {
  await using hub = await startHub()
  await using runpod = await startRunpod()
  const { id, env } = onRunpod(runpod)
  const pod = startUploadPod(hub, { ...env, ...terminating })
  await pod.activity('clean')
  pod.write('metrics.json', '{}')
  pod.write('last.ckpt', 'weights')
  expect((await pod.podctl('flush')).err).toContain('last.ckpt')
  expect((await pod.podctl('artifacts')).out).toMatch(/1 file stays in the pod only/)
  await pod.podctl('stop-pod', '--why', 'a test')
  await becomes(runpod, id, 'EXITED')
  expect(pod.messages('autostop').join('\n')).toMatch(
    /stopped, not terminated, .*1 file that no pattern of HF_SYNC_PATTERNS names \(.*last\.ckpt\): add a pattern/,
  )
  expect(runpod.log.filter(({ route }) => route === 'terminate')).toEqual([])
})

test('a pod is terminated once all that belongs together, and what no format calls complete, is on the Hub', async () => {
  await using hub = await startHub()
  await using runpod = await startRunpod()
  const { env } = onRunpod(runpod)
  const pod = startUploadPod(hub, { ...env, ...terminating })
  await pod.activity('clean')
  mkdirSync(join(pod.artifacts, 'model'))
  const model = [
    'chat_template.jinja',
    'config.json',
    'merges.txt',
    'model.safetensors',
    'tokenizer.model',
    'vocab.txt',
  ]
  for (const name of model) pod.write(`model/${name}`, name.endsWith('.safetensors') ? safetensors : '{}')
  pod.write('net.onnx', onnxGraph(['net.onnx.data']))
  pod.write('net.onnx.data', 'weights')
  pod.write('metrics.json', '{"step": 1}\n{"step": 2}\n')
  pod.write('empty.json', '')
  await pod.podctl('stop-pod', '--why', 'a test')
  await expect.poll(() => runpod.log.some(({ route }) => route === 'terminate')).toBe(true)
  const all = [
    'empty.json',
    'metrics.json',
    ...model.map((name) => `model/${name}`),
    'net.onnx',
    'net.onnx.data',
  ]
  expect(pod.paths()).toEqual(all)
  const together = hub.repo('pod/run').commits.map(({ changes }) => {
    const paths = changes.map(({ path }) => path)
    return [paths.includes('net.onnx'), paths.includes('net.onnx.data')]
  })
  expect(together).toContainEqual([true, true])
  expect(together).not.toContainEqual([true, false])
})

/** One without tensors. */
const safetensors = Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('{}')])
