import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { sshClient } from '../fixtures/sshd/ssh-client.ts'
import { temporaryFolder } from '../fixtures/state/temporary-folder.ts'
import { address, ImagePod } from './image-pod.ts'
import { newVolume } from './volume.ts'

const sshPort = 22
const users = ['root', 'runner']
const awkward = {
  QUOTES: `a"b'c\\d`,
  RUNS: '$(touch /tmp/podmate-was-here)`touch /tmp/podmate-was-here`',
  JSON: '{"a":"b c"}',
  DOLLAR: '$HOME $$ !! ~ *',
  LINES: 'one\ntwo\n\n  three\n',
  lower_case: 'as it is',
}

test('the image lets root and runner in by the keys of all three variables, and by no password', async () => {
  const [first, second, third, stranger] = [sshClient(), sshClient(), sshClient(), sshClient()]
  const keys = {
    AUTHORIZED_KEYS: first.publicKey,
    PUBLIC_KEY: second.publicKey,
    SSH_PUBLIC_KEY: third.publicKey,
  }
  const pod = new ImagePod({ env: keys })
  await pod.ready('sshd')
  for (const client of [first, second, third])
    for (const user of users)
      expect(await client.ssh(sshPort, user, 'id -un')).toEqual({ code: 0, out: `${user}\n`, err: '' })
  const refusal = 'Permission denied (publickey)'
  expect((await stranger.ssh(sshPort, 'root', 'true')).err).toContain(refusal)
  const byPassword = [
    '-o',
    'PreferredAuthentications=password,keyboard-interactive',
    'root@127.0.0.1',
    'true',
  ]
  expect((await first.run('ssh', [...first.options, ...byPassword])).err).toContain(refusal)
})

test('the image serves scp, sftp, rsync and tunnels in both directions', async () => {
  const client = sshClient()
  const pod = new ImagePod({ env: { PUBLIC_KEY: client.publicKey } })
  await pod.ready('sshd', 'http')
  const folder = temporaryFolder()
  const [here, back] = [join(folder, 'here'), join(folder, 'back')]
  mkdirSync(back)
  writeFileSync(here, Buffer.from([0, 255, 10, 13, 36, 34]))
  const there = 'runner@127.0.0.1'
  const through = ['-e', `ssh ${client.options.join(' ')}`]
  const runs = [
    ['scp', [...client.options, here, `${there}:by-scp`]],
    ['scp', [...client.options, `${there}:by-scp`, back]],
    ['sftp', [...client.options, '-b', '-', there], `put ${here} by-sftp\nget by-sftp ${back}\n`],
    ['rsync', ['-a', ...through, here, `${there}:by-rsync`]],
    ['rsync', ['-a', ...through, `${there}:by-rsync`, back]],
  ] as const
  for (const [program, words, input] of runs)
    expect({ program, ...(await client.run(program, words, input)) }).toMatchObject({ program, code: 0 })
  for (const name of ['by-scp', 'by-sftp', 'by-rsync'])
    expect(readFileSync(join(back, name))).toEqual(readFileSync(here))

  client.open(sshPort, 'runner', '-N', '-L', '18000:127.0.0.1:8000')
  const health = () => fetch('http://127.0.0.1:18000/healthz').then(({ status }) => status, String)
  await expect.poll(health, { timeout: 60_000 }).toBe(200)
  const server = createServer((socket) => socket.end('from here')).listen(18_001, '127.0.0.1')
  client.open(sshPort, 'root', '-N', '-R', '18002:127.0.0.1:18001')
  const answer = () => text(connect(18_002, '127.0.0.1')).catch(String)
  await expect.poll(answer, { timeout: 60_000 }).toBe('from here')
  server.close()
  await once(server, 'close')
})

test('sessions of the image see the environment byte for byte, without secrets, and find python', async () => {
  const client = sshClient()
  const env = { ...awkward, PUBLIC_KEY: client.publicKey, WANDB_API_KEY: 'a-secret-of-this-test' }
  const pod = new ImagePod({ env })
  await pod.ready('sshd')
  const names = Object.keys(awkward)
  const command = `for name in ${names.join(' ')}; do printenv "$name" | head -c -1; printf '\\0'; done`
  for (const user of users) {
    for (const { out } of [
      await client.ssh(sshPort, user, command),
      await client.ssh(sshPort, user, undefined, command),
    ])
      expect(out.split('\0').slice(0, -1)).toEqual(Object.values(awkward))
    const { out } = await client.ssh(sshPort, user, 'env; command -v python pip hf podctl')
    expect(out).not.toContain('a-secret-of-this-test')
    const folder = '/opt/venvs/chessbot/bin'
    expect(out).toContain(`${folder}/python\n${folder}/pip\n${folder}/hf\n/usr/local/bin/podctl\n`)
  }
  expect((await pod.exec('ls /tmp/podmate-was-here')).code).not.toBe(0)
  expect((await client.ssh(sshPort, 'root', 'podctl ready')).code).toBeLessThan(2)
})

test('the image is the same host and the same lab when it boots again on the same volume', async () => {
  const client = sshClient()
  const volume = newVolume()
  const visits = []
  for (const _ of [1, 2]) {
    const pod = new ImagePod({ env: { PUBLIC_KEY: client.publicKey }, volume })
    await pod.ready('sshd', 'jupyter', 'inference')
    const { out: keys } = await client.run('ssh-keyscan', ['-t', 'ed25519,ecdsa', '127.0.0.1'])
    const { out: url } = await pod.exec('podctl jupyter-url')
    const lab = new URL('/api/status', url.trim())
    lab.searchParams.set('token', new URL(url.trim()).searchParams.get('token') ?? '')
    expect((await fetch(lab)).status).toBe(200)
    expect((await fetch(new URL('/api/status', lab))).status).toBe(403)
    const question = { method: 'POST', body: '{"context":["e2e4","e7e5"],"winner_side":"W"}' }
    expect(await (await fetch(`${address}/infer`, question)).json()).toMatchObject({ device: 'cpu' })
    visits.push({ keys: keys.split('\n').sort(), url })
    expect((await pod.stop()).code).toBe(0)
  }
  expect(visits[0]?.keys.length).toBeGreaterThan(2)
  expect(visits[1]).toEqual(visits[0])
})
