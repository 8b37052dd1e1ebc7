import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startHub, tokens } from '../../fakes/hub.ts'
import { startUploadPod } from '../../fixtures/artifacts/upload-pod.ts'
import { readStream } from '../../fixtures/http/read-stream.ts'
import { commandLines, filesIn, forms, foundIn } from '../../fixtures/pod/sentinel.ts'

test('the token is nowhere but in memory and in the environment that podmate was given', async () => {
  await using hub = await startHub()
  const pod = startUploadPod(hub, { HF_SYNC_VERBOSE: '1', TRAIN_COMMAND: 'env; exec sleep 60' })
  const stream = await readStream(await pod.socket(), '/events?after=0')
  pod.write('metrics.json', '{}')
  await pod.onHub('metrics.json')
  // Files with the token in them, and answers that repeat it.
  pod.write('config.json', JSON.stringify({ token: tokens.write }))
  const refuse = { fault: 'answer', status: 403, message: `no rights for Bearer ${tokens.write}` } as const
  hub.faults.add({ ...refuse, on: 'commit', times: 'always' })
  pod.write('more.json', '{"more": 1}')
  await pod.activity('stopped')
  const podctl = await Promise.all([
    pod.podctl('artifacts'),
    pod.podctl('check'),
    pod.podctl('flush', '--deadline', '2'),
  ])
  const paths = ['/artifacts', '/status', '/metrics', '/healthz', '/logs?lines=1000', '/openapi.json']
  const answers = await Promise.all(paths.map((path) => pod.ask(path)))
  expect(answers.map(({ status }) => status)).toEqual(paths.map(() => 200))
  const others = pod.family().members.filter(({ pid }) => pid !== pod.pid)
  expect(others.length).toBeGreaterThanOrEqual(3)
  const environments = others.map(({ pid }) => readFileSync(`/proc/${pid}/environ`, 'utf8')).join('\n')
  const arguments_ = commandLines()
  await pod.stop()
  const places = {
    stdout: pod.out.join('\n'),
    answers: answers.map(({ text }) => text).join('\n'),
    podctl: podctl.map(({ out, err }) => out + err).join('\n'),
    events: stream.events.map(({ data }) => data).join('\n'),
    'command lines': arguments_,
    'environments of other processes': environments,
    'log folder': filesIn(join(pod.folder, 'log')),
    'state folder with the journal': filesIn(pod.stateDir),
  }
  expect(places['state folder with the journal']).toContain('metrics.json')
  expect(places.answers).toContain('config.json')
  for (const [place, text] of Object.entries(places)) {
    expect(text.length, `${place} is empty`).toBeGreaterThan(0)
    expect(foundIn(text, forms([tokens.write])), `found in ${place}`).toEqual([])
  }
  expect(pod.err.join('\n')).toBe('')
  expect(hub.hasRepo('pod/run') && [...hub.repo('pod/run').files.keys()]).not.toContain('config.json')
})
