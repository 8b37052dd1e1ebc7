import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { type Hub, startHub } from '../../fakes/hub.ts'
import { type Runpod, startRunpod } from '../../fakes/runpod.ts'
import { onnxGraph } from '../../fixtures/artifacts/onnx-graph.ts'
import { onlyByFlush, UploadPod } from '../../fixtures/artifacts/upload-pod.ts'
import { onRunpod } from '../../fixtures/autostop/watched-pod.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

/** Tells what takes long from what never comes: nothing here has to be quick. */
const timeout = 480_000

/** What tools of this field write, by the path below the artifacts. */
const written = {
  'net.onnx': onnxGraph(['net.onnx.data']),
  'net.onnx.data': 'weights',
  // No JSON by the letter, and nothing will ever make it so.
  'run/metrics.json': '{"iteration": 19}\n{"iteration": 39}',
  'run/ds_config.json': '{\n  // ZeRO\n  "stage": 2\n}\n',
  'run/done.json': '',
  'tuned/config.json': '{}',
  'tuned/merges.txt': 'a b',
  'tuned/vocab.txt': 'a',
  'tuned/tokenizer.model': 'pieces',
  'tuned/chat_template.jinja': '{{ messages }}',
}
const weights = 'last.ckpt'

/** A pod whose only reason to end is that somebody asks for it, with all of this in its folder of artifacts. */
function terminating(runpod: Runpod, hub: Hub, more: NodeJS.ProcessEnv = {}) {
  const { id, env } = onRunpod(runpod)
  const folder = temporaryFolder()
  for (const [name, content] of Object.entries({ ...written, [weights]: 'state of a trainer' })) {
    const path = join(folder, 'artifacts', name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }
  const patient = {
    IDLE_TIMEOUT_SECONDS: '86400',
    FLUSH_DEADLINE_SECONDS: '600',
    IDLE_COUNTDOWN_SECONDS: '1',
  }
  const all = { ...env, ...onlyByFlush, ...patient, AUTOSTOP_VERB: 'terminate', ...more }
  return { id, pod: new UploadPod(hub, all, folder) }
}

test('a pod is only stopped while a file matches no pattern, is terminated when a pattern says so, and loses nothing', async () => {
  await using runpod = await startRunpod({ traps: { terminatedReads: 'TERMINATED' } })
  await using hub = await startHub()
  const becomes = (id: string, status: string) =>
    expect.poll(() => runpod.pod(id).status, { timeout, interval: 100 }).toBe(status)

  // Until the uploader runs there is nothing to ask for.
  const waits = ({ pod }: ReturnType<typeof terminating>) =>
    expect.poll(async () => (await pod.uploads()).activity, { timeout, interval: 100 }).toBe('waiting')

  const first = terminating(runpod, hub)
  await waits(first)
  const flushed = await first.pod.podctl('flush')
  expect(flushed).toMatchObject({ code: 0, err: expect.stringContaining(weights) })
  expect(first.pod.paths()).toEqual(Object.keys(written).sort())
  const { out } = await first.pod.podctl('artifacts')
  expect(out).toContain('1 file stays in the pod only')
  expect(await first.pod.podctl('stop-pod')).toMatchObject({ code: 0 })
  await becomes(first.id, 'EXITED')
  const notice = await first.pod.line('The pod is stopped, not terminated')
  expect(notice).toMatch(/no pattern of HF_SYNC_PATTERNS names .*last\.ckpt.*AUTOSTOP_TERMINATE_UNSYNCED=1/)
  expect(runpod.log.filter(({ route }) => route === 'terminate')).toEqual([])
  const { filesAt, commits } = hub.repo('pod/run')
  for (const { oid } of commits) {
    const there = filesAt(oid)
    expect(there.has('net.onnx')).toBe(there.has('net.onnx.data'))
  }
  await first.pod.stop()

  const patterns = '*.onnx,*.pt,*.json,*.safetensors,*.ckpt'
  const second = terminating(runpod, hub, { HF_SYNC_PATTERNS: patterns, HF_REPO_ID: 'pod/second' })
  await waits(second)
  expect(await second.pod.podctl('stop-pod')).toMatchObject({ code: 0 })
  await becomes(second.id, 'TERMINATED')
  const there = [...hub.repo('pod/second').files.keys()]
  expect(there).toEqual(expect.arrayContaining([...Object.keys(written), weights]))
  await second.pod.stop()
}, 1_200_000)
