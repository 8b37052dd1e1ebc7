import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Hub, startHub, tokens } from '../../fakes/hub.ts'
import { type Ended, startProgram } from '../../fixtures/http/run-program.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

/** A folder of artifacts, and the script to sync it. */
function folderFor(hub: Hub, more: NodeJS.ProcessEnv = {}) {
  const folder = temporaryFolder()
  const artifacts = join(folder, 'artifacts')
  mkdirSync(artifacts)
  const env = {
    ...{ HF_REPO_ID: 'pod/run', HF_TOKEN: tokens.write, HF_ENDPOINT: hub.url },
    ...{ REPO_DIR: folder, POD_STATE_DIR: join(folder, 'state'), ARTIFACT_DIRS: artifacts },
    ...more,
  }
  return {
    write: (name: string, text: string) => writeFileSync(join(artifacts, name), text),
    link: (name: string, to: string) => symlinkSync(to, join(artifacts, name)),
    sync: (...words: readonly string[]): Promise<Ended> =>
      startProgram('scripts/hf-sync.ts', words, env).ended,
  }
}

describe('scripts/hf-sync.ts', () => {
  test('lists what would go up with --dry-run, and changes nothing', async () => {
    await using hub = await startHub()
    const { write, sync } = folderFor(hub)
    write('metrics.json', '{}')
    const { code, out } = await sync('--dry-run')
    expect(code).toBe(0)
    expect(out).toBe('would upload metrics.json (2 bytes)\n1 to upload (2 bytes) in 1 commit; 0 safe.\n')
    expect(hub.hasRepo('pod/run')).toBe(false)
    expect(hub.log.filter(({ method }) => method !== 'GET')).toEqual([])
  })

  test('uploads once what differs, in one commit, and nothing the second time', async () => {
    await using hub = await startHub()
    const { write, link, sync } = folderFor(hub)
    for (const name of ['a.json', 'b.json', 'c.json']) write(name, `{"of": "${name}"}`)
    link('d.json', '/etc/hostname')
    const first = await sync()
    expect(first.code).toBe(0)
    expect(first.out).toBe('1 refused, as told above\nflushed: everything is on the Hub\n')
    expect(first.err).toContain('d.json is not uploaded: it is a link')
    expect(hub.repo('pod/run').commits).toHaveLength(2)
    expect((await hub.repo('pod/run').read('b.json')).toString()).toBe('{"of": "b.json"}')
    expect((await sync()).code).toBe(0)
    expect(hub.repo('pod/run').commits).toHaveLength(2)
    expect((await sync('--dry-run')).out).toContain('Nothing would be uploaded; 3 safe.')
  })

  test('makes one commit of three files of every size, as its dry run says, and small ones first by a deadline', async () => {
    await using hub = await startHub()
    const { write, sync } = folderFor(hub)
    write('metrics.json', '{}')
    write('model.pt', 'm'.repeat(3_000_000))
    write('best.pt', 'b'.repeat(70_000_000))
    expect((await sync('--dry-run')).out).toContain('3 to upload (73.0 MB) in 1 commit; 0 safe.')
    expect((await sync('--dry-run', '--deadline', '600')).out).toContain('in 3 commits; 0 safe.')
    expect((await sync()).code).toBe(0)
    // The first one came with the repo.
    expect(hub.repo('pod/run').commits).toHaveLength(2)
    for (const name of ['metrics.json', 'model.pt', 'best.pt'])
      expect(hub.repo('pod/run').files.has(name)).toBe(true)
  })

  test('exits with 1 and names what is left', async () => {
    await using hub = await startHub()
    const { write, sync } = folderFor(hub)
    write('half.json', '{"a": ')
    const { code, out } = await sync('--deadline', '1')
    expect(code).toBe(1)
    expect(out).toMatch(/^not on the Hub \(.*\): 1 file, 6 bytes: half\.json$/m)
  })

  test('exits with 1 and says what to do about a token that the Hub refuses', async () => {
    await using hub = await startHub()
    const { write, sync } = folderFor(hub, { HF_TOKEN: tokens.read })
    write('metrics.json', '{}')
    const { code, out, err } = await sync()
    expect(code).toBe(1)
    expect(out + err).toContain('Make a token of the type Write')
    expect(out + err).not.toContain(tokens.read)
  })

  test.each([
    ['HF_TOKEN is not set', { HF_TOKEN: '' }],
    ['HF_REPO_ID is not set', { HF_REPO_ID: '' }],
    ['HF_REPO_TYPE must be', { HF_REPO_TYPE: 'folder' }],
    ['the token would be readable', { HF_ENDPOINT: 'http://hub.example' }],
  ])('exits with 78: %s', async (sentence, more) => {
    await using hub = await startHub()
    const { code, err } = await folderFor(hub, more).sync()
    expect(code).toBe(78)
    expect(err).toContain(sentence)
    expect(hub.log).toEqual([])
  })

  test('uploads although START_HF_WATCH is 0: that is about watching', async () => {
    await using hub = await startHub()
    const { write, sync } = folderFor(hub, { START_HF_WATCH: '0' })
    write('metrics.json', '{}')
    expect((await sync()).code).toBe(0)
    expect(hub.repo('pod/run').files.has('metrics.json')).toBe(true)
  })

  test('exits with 2 and its usage for what it does not know', async () => {
    await using hub = await startHub()
    const { code, err } = await folderFor(hub).sync('--dryrun')
    expect(code).toBe(2)
    expect(err).toContain('node scripts/hf-sync.ts [--dry-run]')
  })
})
