import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { freePort } from '../../fixtures/chaos/free-port.ts'
import { limitMs } from '../../fixtures/limit.ts'
import { hereWithKey } from '../../fixtures/sshd/here-with-key.ts'
import { needsSshd } from '../../fixtures/sshd/run-ssh-pod.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

const users = ['root', 'podrunner']
const wrapped = { RUNS: 'inside' }

describe('sshd()', () => {
  beforeEach(needsSshd)

  test('lets root and an ordinary, locked account in by key, and nobody else', async () => {
    const { client, pod } = await hereWithKey({ make: ['podrunner', 'podother'] })
    for (const user of users)
      expect(await client.ssh(pod.port, user, 'id -un')).toEqual({ code: 0, out: `${user}\n`, err: '' })
    const other = await client.ssh(pod.port, 'podother', 'true')
    expect(other.code).toBe(255)
    expect(other.err).toContain('Permission denied (publickey)')
  })

  test('asks for no password, and takes no other key', async () => {
    const { client, pod } = await hereWithKey()
    const stranger = (await hereWithKey()).client
    const { err } = await stranger.ssh(pod.port, 'root', 'true')
    expect(err).toContain('Permission denied (publickey)')
    const words = ['-o', 'PreferredAuthentications=password,keyboard-interactive', '-p', `${pod.port}`]
    const password = await client.run('ssh', [...client.options, ...words, 'root@127.0.0.1', 'true'])
    expect(password.err).toContain('Permission denied (publickey)')
  })

  test('gives back exit codes, signals and both streams of a command, and hands it stdin byte for byte', async () => {
    const { client, pod } = await hereWithKey({ env: wrapped })
    const both = await client.ssh(pod.port, 'podrunner', 'echo to stdout; echo to stderr >&2; exit 7')
    expect(both).toEqual({ code: 7, out: 'to stdout\n', err: 'to stderr\n' })
    expect((await client.ssh(pod.port, 'podrunner', 'cat', 'a\0b\r\n')).out).toBe('a\0b\r\n')
    expect((await client.ssh(pod.port, 'podrunner', 'kill -9 $$')).code).not.toBe(0)
  })

  test('serves scp, sftp and rsync in both directions', async () => {
    const { client, pod } = await hereWithKey({ env: wrapped })
    const folder = temporaryFolder()
    const [here, back] = [join(folder, 'here'), join(folder, 'back')]
    mkdirSync(back)
    writeFileSync(here, Buffer.from([0, 255, 10, 13, 36, 34]))
    const remote = 'podrunner@127.0.0.1'
    const port = `${pod.port}`
    const through = ['-e', `ssh ${client.options.join(' ')} -p ${port}`]
    const runs = [
      ['scp', [...client.options, '-P', port, here, `${remote}:by-scp`]],
      ['scp', [...client.options, '-P', port, `${remote}:by-scp`, back]],
      ['scp', [...client.options, '-O', '-P', port, `${remote}:by-scp`, join(back, 'by-old-scp')]],
      [
        'sftp',
        [...client.options, '-b', '-', '-P', port, remote],
        `put ${here} by-sftp\nget by-sftp ${back}\n`,
      ],
      ['rsync', ['-a', ...through, here, `${remote}:by-rsync`]],
      ['rsync', ['-a', ...through, `${remote}:by-rsync`, back]],
    ] as const
    for (const [program, words, input] of runs) {
      const { code, err } = await client.run(program, words, input)
      expect({ program, code, err }).toEqual({ program, code: 0, err: '' })
    }
    for (const name of ['by-scp', 'by-old-scp', 'by-sftp', 'by-rsync'])
      expect(readFileSync(join(back, name))).toEqual(readFileSync(here))
  })

  test('forwards a port with -L', async () => {
    const { client, pod } = await hereWithKey({ env: wrapped })
    const server = createServer((socket) => socket.end('through the tunnel')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number } // a listening TCP server has one
    const near = await freePort()
    client.open(
      pod.port,
      'podrunner',
      '-N',
      '-o',
      'ExitOnForwardFailure=yes',
      '-L',
      `${near}:127.0.0.1:${port}`,
    )
    const said = () => once(connect(near, '127.0.0.1'), 'data').then(String)
    const refused = (error: unknown) => String(error) // ssh does not listen yet
    await expect.poll(() => said().catch(refused), { timeout: 60_000 }).toBe('through the tunnel')
    server.close()
  })

  test('gives a login shell with and without a terminal', async () => {
    const { client, pod } = await hereWithKey({ env: wrapped })
    const script = 'shopt -q login_shell && echo login; echo "$RUNS $SHLVL $0"; tty; exit 3\n'
    const plain = await client.ssh(pod.port, 'podrunner', undefined, script)
    expect(plain.out).toBe('login\ninside 1 /bin/bash\nnot a tty\n')
    expect(plain.code).toBe(3)
    const words = ['-tt', '-p', `${pod.port}`, 'podrunner@127.0.0.1']
    const terminal = await client.run('ssh', [...client.options, ...words], script)
    expect(terminal.out).toMatch(/^login\r?$/m)
    expect(terminal.out).toMatch(/^\/dev\/pts\/\d+\r?$/m)
    expect(terminal.code).toBe(3)
  })

  test('obeys the command of a key that may run nothing else', async () => {
    const { client, pod } = await hereWithKey({
      env: wrapped,
      keys: (key) =>
        `restrict,command="echo \\"only $RUNS: $SSH_ORIGINAL_COMMAND\\""\t ${key.replace(' ', ' \t')}`,
    })
    for (const user of users) {
      expect((await client.ssh(pod.port, user, 'id -un')).out).toBe('only inside: id -un\n')
      expect((await client.ssh(pod.port, user, undefined, 'id -un\n')).out).toBe('only inside: \n')
    }
  })

  test('greets within a second of its start, and reports what somebody needs to log in', async () => {
    const publicAddress = { host: '203.0.113.7', port: 10022 }
    const { pod, client } = await hereWithKey({ publicAddress })
    const at = (type: string) => pod.events.find((event) => event.type === type)?.ms ?? Number.NaN
    expect(at('ready') - at('starting')).toBeLessThan(limitMs(1000))
    await expect
      .poll(() => pod.details())
      .toMatchObject({ accounts: users.map((name) => ({ name, keys: 1 })) })
    const { out } = await client.run('ssh-keyscan', ['-p', `${pod.port}`, '-t', 'ed25519', '127.0.0.1'])
    const { out: scanned } = await client.run('ssh-keygen', ['-l', '-f', '-'], out)
    const [, fingerprint] = scanned.split(' ')
    expect(pod.details()).toMatchObject({
      port: pod.port,
      host_keys: [
        { type: 'ed25519', fingerprint, kept: true },
        { type: 'ecdsa', kept: true },
      ],
      connect: 'ssh -p 10022 podrunner@203.0.113.7',
    })
  })
})
