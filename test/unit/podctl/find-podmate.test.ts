import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { candidates, findPodmate } from '../../../scripts/podctl/find-podmate.ts'
import { socketPaths } from '../../../services/http/listening/socket-paths.ts'

test('candidates() is PODMATE_SOCKET alone when that is set', () => {
  expect(candidates({ PODMATE_SOCKET: ' /a/b.sock ' })).toEqual(['/a/b.sock'])
})

test('candidates() goes by POD_STATE_DIR', () => {
  const paths = candidates({ POD_STATE_DIR: '/srv/state', PODMATE_SOCKET: '' })
  expect(paths.slice(0, 2)).toEqual(socketPaths('/srv/state'))
  expect(paths).toContain(socketPaths('/srv/state', 0)[1])
})

test('candidates() without any variable is the default folder here and in the repository', () => {
  const repo = resolve(import.meta.dirname, '../../..')
  expect(candidates({})).toContain(socketPaths(join(repo, '.podmate'))[0])
  expect(candidates({})).toContain(socketPaths('.podmate')[0])
})

test('findPodmate() names every socket that it tried, and what to do', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'podmate-find-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const search = findPodmate({}, { POD_STATE_DIR: folder })
  await expect(search).rejects.toMatchObject({ exitCode: 3 })
  const [first = ''] = socketPaths(folder)
  await expect(findPodmate({}, { POD_STATE_DIR: folder })).rejects.toThrow(`${first}: not there`)
  await expect(findPodmate({}, { POD_STATE_DIR: folder })).rejects.toThrow('npm start')
})

test('findPodmate() takes the token from the address that podctl url prints', async () => {
  const { place } = await findPodmate({ url: 'http://127.0.0.1:8000/?token=a%20b#x' }, {})
  expect(place).toMatchObject({ token: 'a b' })
  expect('url' in place && place.url.href).toBe('http://127.0.0.1:8000/')
})

test('findPodmate() prefers --token, then the address, then PODMATE_TOKEN', async () => {
  const token = async (options: object, env: NodeJS.ProcessEnv) => (await findPodmate(options, env)).place
  const url = 'http://a/?token=address'
  expect(await token({ url, token: 'option' }, { PODMATE_TOKEN: 'env' })).toMatchObject({ token: 'option' })
  expect(await token({ url }, { PODMATE_TOKEN: 'env' })).toMatchObject({ token: 'address' })
  expect(await token({ url: 'http://a/' }, { PODMATE_TOKEN: 'env' })).toMatchObject({ token: 'env' })
})

test('findPodmate() refuses an address that is none with exit 2', async () => {
  for (const url of ['localhost:8000', 'ftp://a/', '']) {
    await expect(findPodmate({ url }, {})).rejects.toMatchObject({ exitCode: 2 })
  }
})
