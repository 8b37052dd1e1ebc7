import { beforeEach, describe, expect, test } from 'vitest'
import { hereWithKey } from '../../fixtures/sshd/here-with-key.ts'
import { needsSshd } from '../../fixtures/sshd/run-ssh-pod.ts'

const awkward: Readonly<Record<string, string>> = {
  QUOTES: `a"b'c\\d`,
  RUNS: '$(touch /tmp/podmate-was-here)`touch /tmp/podmate-was-here`',
  JSON: '{"a":"b c"}',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's variable, not ours
  DOLLAR: '$HOME ${HOME} %h %u !! ~ * ?',
  LINES: 'one\ntwo\n\n  three\n',
  lower_case: 'as it is',
  UNICODE: 'Ā Ёж 日本 🙂 \u0081\u0088',
  EMPTY: '',
  SPACES: '  before and after\t ',
  LONG: 'x\'"$'.repeat(25_000),
  PATH: '/opt/of-the-container/bin:/usr/local/bin:/usr/bin:/bin',
}
const sentinel = 'sentinel-of-this-test'
const env = {
  ...awkward,
  ...{
    HOME: '/wrong',
    USER: 'wrong',
    LOGNAME: 'wrong',
    SHELL: '/wrong',
    TERM: 'wrong',
    SSH_CONNECTION: 'wrong',
  },
  ...{ UID: '4711', PPID: '4711', 'BASH_FUNC_f%%': '() { :; }', 'a.b': 'c', KEPT_SECRET: sentinel },
}

describe('sshd()', () => {
  beforeEach(needsSshd)

  test('gives every session the environment of the container, byte for byte', async () => {
    const { client, pod } = await hereWithKey({ env })
    const names = Object.keys(awkward)
    // NUL-separated, so that line ends inside of values count.
    const command = `for name in ${names.join(' ')}; do printenv "$name" | head -c -1; printf '\\0'; done`
    const expected = names.map((name) => awkward[name] ?? '')
    for (const user of ['root', 'podrunner']) {
      const direct = await client.ssh(pod.port, user, 'printenv LINES')
      expect(direct.out).toBe(`${awkward.LINES}\n`)
      for (const { out } of [
        await client.ssh(pod.port, user, command),
        await client.ssh(pod.port, user, undefined, command),
        await client.ssh(pod.port, user, `bash -lc '${command.replaceAll("'", `'\\''`)}'`),
      ])
        expect(out.split('\0').slice(0, -1)).toEqual(expected)
    }
    expect((await client.ssh(pod.port, 'root', 'ls /tmp/podmate-was-here')).code).not.toBe(0)
  })

  test('lets the words of sshd about a session win, and passes on no name that a shell cannot hold', async () => {
    const { client, pod } = await hereWithKey({ env })
    const { out } = await client.ssh(pod.port, 'podrunner', 'env -0')
    const session = new Map(
      out.split('\0').map((line) => [line.split('=')[0], line.slice(line.indexOf('=') + 1)]),
    )
    expect(Object.fromEntries(session)).toMatchObject({
      ...{ HOME: '/home/podrunner', USER: 'podrunner', LOGNAME: 'podrunner', SHELL: '/bin/bash' },
      SSH_CONNECTION: expect.stringMatching(/^127\.0\.0\.1 \d+ 127\.0\.0\.1 \d+$/),
    })
    for (const name of [
      'TERM',
      'a.b',
      'BASH_FUNC_f%%',
      'PUBLIC_KEY',
      'SSH_ORIGINAL_COMMAND',
      'SSH_USER_AUTH',
    ])
      expect(session.has(name), name).toBe(false)
    const said = pod.log.filter((line) => line.includes('BASH_FUNC_f%%'))
    expect(said).toEqual([expect.stringMatching(/: BASH_FUNC_f%%, a\.b$/)])
  })

  test('shows the environment to nobody but the account that logs in', async () => {
    const { client, pod } = await hereWithKey({ env, make: ['podrunner', 'podother'] })
    const modes = await client.ssh(pod.port, 'root', "stat -c '%n %a %U' /run/podmate/ssh-*/*")
    const files = modes.out
      .trim()
      .split('\n')
      .map((line) => line.replace(/^.*\//, ''))
    expect(files.sort()).toEqual([
      'authorized_keys 644 root',
      'environment.podrunner 600 podrunner',
      'environment.root 600 root',
      'session.sh 644 root',
      'ssh_host_ecdsa_key 600 root',
      'ssh_host_ed25519_key 600 root',
      'sshd_config 600 root',
    ])
    const peek = await client.ssh(pod.port, 'podrunner', 'cat /run/podmate/ssh-*/environment.root')
    expect(peek.err).toContain('Permission denied')
    const commandLines = await client.ssh(pod.port, 'root', 'cat /proc/[0-9]*/cmdline')
    // The pod of this test has its whole plan on its own command line, which is none of podmate's doing.
    const others = commandLines.out.split('ssh-pod.ts').map((part) => part.replace(/^\0\{.*?\}\0/s, ''))
    expect(others.filter((part) => part.includes(sentinel))).toEqual([])
    expect(pod.output()).not.toContain(sentinel)
  })

  test('never loses SSH over the environment: without it, if sshd or the shell refuse it', async () => {
    const { client, pod } = await hereWithKey({
      env,
      programFolders: ['/run/old', '/usr/bin'],
      before: `mkdir /run/old; printf '#!/bin/sh\\n! grep -q ForceCommand "$3$4" || { echo too old for this >&2; exit 255; }\\nexec /usr/sbin/sshd "$@"\\n' >/run/old/sshd; chmod +x /run/old/sshd`,
    })
    expect((await client.ssh(pod.port, 'root', 'id -un; printenv JSON')).out).toBe('root\n')
    expect(pod.log.filter((line) => line.includes('environment of the container'))).toEqual([
      'SSH sessions do not get the environment of the container: too old for this',
    ])
    const sftp = ['-b', '-', '-P', `${pod.port}`, 'root@127.0.0.1']
    expect((await client.run('sftp', [...client.options, ...sftp], 'pwd\n')).code).toBe(0)
  })
})
