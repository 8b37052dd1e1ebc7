import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { startHub, tokens } from '../../fakes/hub.ts'
import { onlyByFlush, startUploadPod } from '../../fixtures/artifacts/upload-pod.ts'
import { storedZip } from '../../fixtures/inference/stored-zip.ts'

const checkpoint = (bytes: number) => storedZip([{ name: 'archive/data.pkl', data: randomBytes(bytes) }])

describe('a pod with a repository on the Hub', () => {
  test('uploads what is written, and shows it in the API, the status, the metrics and podctl', async () => {
    await using hub = await startHub()
    const pod = startUploadPod(hub)
    pod.write('metrics.json', '{"loss": 1}')
    pod.write('best.pt', checkpoint(100_000))
    await pod.onHub('best.pt', 'metrics.json')
    await pod.activity('clean')
    expect(hub.repo('pod/run').private).toBe(true)
    const shown = await pod.uploads()
    expect(shown).toMatchObject({
      repo: { url: `${hub.url}/pod/run`, user: 'pod', private: true },
      safe: { files: 2 },
      pending: { files: 0, bytes: 0, next: [] },
      last_commit: { oid: hub.repo('pod/run').head, url: expect.stringContaining(hub.repo('pod/run').head) },
      uploader: { rss_bytes: expect.any(Number) },
    })
    expect(shown.uploader.rss_bytes).toBeGreaterThan(10_000_000)
    await expect.poll(async () => (await pod.service('artifacts'))?.details?.activity).toBe('clean')
    expect(await pod.state('artifacts')).toBe('ready')
    const { text } = await pod.ask('/metrics')
    expect(text).toMatch(/^podmate_hf_sync_pending_files 0$/m)
    expect(text).toMatch(new RegExp(`^podmate_hf_sync_commits_total ${pod.commits()}$`, 'm'))
    expect(text).toMatch(/^podmate_hf_sync_bytes_uploaded_total [1-9]\d{5}$/m)
    expect(text).toMatch(/^podmate_hf_sync_last_success_timestamp_seconds 1\d{9}/m)
    const { code, out } = await pod.podctl('artifacts')
    expect(code).toBe(0)
    expect(out).toContain('clean: everything is safe')
    expect(out).toContain(`${hub.url}/pod/run (private), as pod`)
  })

  test('does nothing again when the service is restarted with nothing changed', async () => {
    await using hub = await startHub()
    const pod = startUploadPod(hub)
    pod.write('best.pt', checkpoint(100_000))
    await pod.onHub('best.pt')
    await pod.activity('clean')
    const commits = pod.commits()
    expect((await pod.podctl('restart', 'artifacts')).code).toBe(0)
    await pod.activity('clean')
    expect(pod.commits()).toBe(commits)
    expect(Object.values(hub.counters().objects).map(({ puts }) => puts)).toEqual([1])
    expect((await pod.uploads()).totals.commits).toBe(commits)
  })

  test('starts an uploader that was killed again, and sends nothing twice that was stored', async () => {
    await using hub = await startHub()
    hub.faults.add({ fault: 'slow', bytesPerSecond: 1_000_000, on: 'put', skip: 1 })
    const pod = startUploadPod(hub, onlyByFlush)
    await pod.activity('clean')
    pod.write('first.pt', checkpoint(1_000_000))
    pod.write('second.pt', checkpoint(2_000_000))
    await expect.poll(async () => (await pod.uploads()).pending.files, { timeout: 60_000 }).toBe(2)
    const flush = pod.podctl('flush')
    await expect
      .poll(() => hub.log.filter(({ route }) => route === 'put').length, { timeout: 60_000 })
      .toBe(2)
    const { pid = 0 } = (await pod.service('artifacts')) ?? {}
    process.kill(pid, 'SIGKILL')
    const { code, err } = await flush
    expect(code).toBe(1)
    expect(err).toContain('the uploader ended before it was done')
    await expect.poll(async () => (await pod.service('artifacts'))?.restarts, { timeout: 60_000 }).toBe(1)
    await expect.poll(() => pod.state('artifacts'), { timeout: 60_000 }).toBe('ready')
    expect((await pod.podctl('flush', '--deadline', '20')).code).toBe(0)
    expect(pod.paths()).toEqual(['first.pt', 'second.pt'])
    const counts = Object.values(hub.counters().objects)
    expect(counts.map(({ puts }) => puts).sort()).toEqual([1, 2])
    expect(counts.map(({ putsAfterStored }) => putsAfterStored)).toEqual([0, 0])
  })

  test('goes on uploading while the volume of the journal hangs, and says so', async () => {
    await using hub = await startHub()
    const pod = startUploadPod(hub)
    await pod.activity('clean')
    const { pid = 0 } = (await pod.service('state')) ?? {}
    process.kill(pid, 'SIGSTOP')
    pod.write('best.pt', checkpoint(10_000))
    await pod.onHub('best.pt')
    await expect.poll(() => pod.state('artifacts'), { timeout: 60_000 }).toBe('degraded')
    expect((await pod.service('artifacts'))?.reason).toMatch(/journal of uploads is not kept.*uploads go on/)
    process.kill(pid, 'SIGCONT')
    pod.write('metrics.json', '{}')
    await pod.onHub('best.pt', 'metrics.json')
    await expect.poll(() => pod.state('artifacts'), { timeout: 60_000 }).toBe('ready')
  })

  test('flushes when training ends', async () => {
    await using hub = await startHub()
    const pod = startUploadPod(hub, {
      ...onlyByFlush,
      TRAIN_COMMAND: 'sleep 1; echo "{}" > "$REPO_DIR/artifacts/metrics.json"',
    })
    await pod.onHub('metrics.json')
    expect(await pod.state('trainer')).toBe('completed')
  })
})

describe('podctl flush', () => {
  test('sends what waits, and exits 0 only when nothing is left', async () => {
    await using hub = await startHub()
    const pod = startUploadPod(hub, onlyByFlush)
    await pod.activity('clean')
    pod.write('metrics.json', '{"loss": 1}')
    await pod.activity('waiting')
    expect(pod.paths()).toEqual([])
    const flushed = await pod.podctl('flush', '--deadline', '20')
    expect(flushed).toMatchObject({ code: 0, out: 'Everything that can go up is on the Hub.\n' })
    expect(pod.paths()).toEqual(['metrics.json'])
    pod.write('half.json', '{"loss": ')
    const refused = await pod.podctl('flush', '--deadline', '1')
    expect(refused.code).toBe(1)
    expect(refused.err).toMatch(/^1 file is not on the Hub, 9 bytes \(.*\):\n {2}half\.json\n$/)
    expect((await pod.podctl('flush', '--deadline', 'soon')).code).toBe(2)
  })

  test('names what is left when its time is up, and the upload goes on afterwards', async () => {
    await using hub = await startHub()
    const slow = hub.faults.add({ fault: 'slow', bytesPerSecond: 500_000, on: 'put', times: 'always' })
    const pod = startUploadPod(hub)
    pod.write('best.pt', checkpoint(2_000_000))
    await pod.activity('uploading')
    const late = await pod.podctl('flush', '--deadline', '1')
    expect(late.code).toBe(1)
    expect(late.err).toContain('  best.pt\n')
    slow.off()
    await pod.onHub('best.pt')
  })
})

describe('a pod that cannot upload', () => {
  test('has no uploader, and says what is missing', async () => {
    await using hub = await startHub()
    const pod = startUploadPod(hub, { HF_TOKEN: '' })
    expect(await pod.service('artifacts')).toMatchObject({ state: 'disabled' })
    expect((await pod.service('artifacts'))?.reason).toContain('HF_TOKEN is not set')
    expect(await pod.podctl('artifacts')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^off: HF_TOKEN is not set/),
    })
    const flush = await pod.podctl('flush')
    expect(flush).toMatchObject({
      code: 1,
      err: expect.stringContaining('uploading is off: HF_TOKEN is not set'),
    })
    expect((await pod.ask({ method: 'POST', path: '/artifacts/flush' })).status).toBe(409)
    expect(
      (await pod.ask('/readyz')).json().failing.map(({ service }: { service: string }) => service),
    ).not.toContain('artifacts')
    expect(hub.log).toEqual([])
  })

  test.each([
    ['a token that may only read', { HF_TOKEN: tokens.read }, 'may only read'],
    ['a token that the Hub does not know', { HF_TOKEN: `hf_${'x'.repeat(34)}` }, 'does not know HF_TOKEN'],
    ['a repository of another type', { HF_REPO_ID: 'pod/data' }, 'HF_REPO_TYPE'],
    ['a repository of somebody else', { HF_REPO_ID: 'stranger/run' }, 'HF_REPO_ID'],
    [
      'a public repository that is to be refused',
      { HF_REPO_ID: 'pod/open', HF_REPO_PUBLIC: 'refuse' },
      'is public',
    ],
  ])('is degraded with %s, and says what to do', async (_what, env, sentence) => {
    await using hub = await startHub()
    await hub.addRepo('pod/data', { type: 'datasets' })
    await hub.addRepo('pod/open', { private: false })
    const pod = startUploadPod(hub, env)
    pod.write('metrics.json', '{}')
    await pod.activity('stopped')
    await expect.poll(() => pod.state('artifacts')).toBe('degraded')
    const { reason = '' } = (await pod.service('artifacts')) ?? {}
    expect(reason).toContain(sentence)
    expect(reason).toMatch(/Make |Set |Give /)
    expect((await pod.podctl('flush', '--deadline', '5')).code).toBe(1)
    expect(hub.repo('pod/open').files.has('metrics.json')).toBe(false)
  })

  test('warns of a public repository, and uploads', async () => {
    await using hub = await startHub()
    await hub.addRepo('pod/run', { private: false })
    const pod = startUploadPod(hub)
    pod.write('metrics.json', '{}')
    await pod.onHub('metrics.json')
    await pod.line(/"level":40.*pod\/run is public/)
    await pod.activity('clean')
    expect((await pod.uploads()).warnings).toEqual([expect.stringContaining('pod/run is public')])
    expect((await pod.podctl('artifacts')).out).toContain('(PUBLIC)')
  })
})
