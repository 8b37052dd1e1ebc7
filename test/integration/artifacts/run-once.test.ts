import { describe, expect, test } from 'vitest'
import { HubProblem } from '../../../services/artifacts/uploader/hub/hub-problem.ts'
import type { HubRepo } from '../../../services/artifacts/uploader/hub/hub-repo.ts'
import { runOnce } from '../../../services/artifacts/uploader/run-once.ts'
import { startHub, tokens } from '../../fakes/hub.ts'
import { quickTiming } from '../../fixtures/artifacts/client-of.ts'
import { quickOptions, runUploader } from '../../fixtures/artifacts/run-uploader.ts'
import { temporaryFolder } from '../../fixtures/artifacts/temporary-folder.ts'

const { signal } = new AbortController()
const settings = { token: tokens.write, timing: quickTiming }

describe('runOnce()', () => {
  test('brings the Hub to what is there, and says so', async () => {
    await using hub = await startHub()
    await using folder = await temporaryFolder()
    for (const name of ['a.json', 'run/b.json']) await folder.write(name, '{}')
    const done = await runOnce(quickOptions(hub.url, folder.path), settings, signal)
    expect(done).toMatchObject({ type: 'sent', outcome: { leftFiles: 0 }, report: { safeFiles: 2 } })
    expect(hub.repo('pod/run').commits).toHaveLength(2)
  })

  test('names what it could not send, with the reason', async () => {
    await using hub = await startHub()
    await using folder = await temporaryFolder()
    await folder.write('a.json', '{}')
    const options = quickOptions(hub.url, folder.path)
    const done = await runOnce(options, { ...settings, token: tokens.read }, signal)
    expect(done).toMatchObject({ type: 'sent', outcome: { left: ['a.json'] } })
    expect(done.type === 'sent' && done.outcome.reason).toMatch(/may only read|write/)
  })

  test('ends when it is told to, naming what is left', async () => {
    await using hub = await startHub()
    await using folder = await temporaryFolder()
    await folder.write('a.json', '{}')
    hub.faults.add({ fault: 'hang', on: 'whoami', times: 'always' })
    const end = new AbortController()
    const done = runOnce(quickOptions(hub.url, folder.path), settings, end.signal)
    await expect.poll(() => hub.log.length).toBe(1)
    end.abort()
    expect(await done).toMatchObject({ outcome: { left: ['a.json'], reason: 'the uploader was stopped' } })
  })

  test('only says what it would do in a dry run', async () => {
    await using hub = await startHub()
    await using folder = await temporaryFolder()
    await folder.write('a.json', '{}')
    await folder.write('half.json', '{')
    await folder.write('my-token.json', '{}')
    const options = quickOptions(hub.url, folder.path)
    const planned = await runOnce(options, { ...settings, dryRun: true }, signal)
    expect(planned).toMatchObject({
      type: 'planned',
      commits: [[{ path: 'a.json', bytes: 2 }]],
      notReady: [{ path: 'half.json', reason: 'its JSON is not complete' }],
      refused: [{ path: `${folder.path}/my-token.json` }],
      safeFiles: 0,
    })
    expect(hub.hasRepo('pod/run')).toBe(false)
    await runOnce(options, { ...settings, deadlineMs: 3000 }, signal)
    expect(await runOnce(options, { ...settings, dryRun: true }, signal)).toMatchObject({
      commits: [],
      safeFiles: 1,
    })
  })
})

/** A Hub in memory that takes all but what it is told. */
function pickyHub(refuses: (path: string) => boolean): HubRepo & { readonly commits: string[][] } {
  const commits: string[][] = []
  return {
    commits,
    open: async () => ({ user: 'me', private: true, head: undefined, url: 'memory:', warnings: [] }),
    list: async () => new Map(),
    upload: async () => 'lfs',
    async commit(files) {
      const paths = files.map(({ remotePath }) => remotePath)
      if (paths.some(refuses)) throw new HubProblem('bad-request', 'the Hub does not take it')
      commits.push(paths)
      return { oid: String(commits.length), url: 'memory:' }
    },
  }
}

test('a file that the Hub does not take is found, refused by name, and holds up no other', async () => {
  const hub = pickyHub((path) => path === 'file-13.json')
  await using folder = await temporaryFolder()
  for (let at = 0; at < 40; at += 1) await folder.write(`file-${at}.json`, `{"at": ${at}}`)
  await using run = await runUploader('http://unused', { hub, folder: folder.path })
  await expect.poll(() => hub.commits.flat().length, { timeout: 60_000 }).toBe(39)
  expect(new Set(hub.commits.flat()).size).toBe(39)
  const refused = { type: 'refused', path: `${folder.path}/file-13.json`, reason: 'the Hub does not take it' }
  await expect.poll(() => run.events).toContainEqual(refused)
})
