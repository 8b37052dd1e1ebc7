import { beforeEach, describe, expect, test } from 'vitest'
import { hereWithKey } from '../../fixtures/sshd/here-with-key.ts'
import { needsSshd, startSshPod } from '../../fixtures/sshd/run-ssh-pod.ts'
import { sshClient } from '../../fixtures/sshd/ssh-client.ts'

const file = '~/.ssh/authorized_keys'

describe('sshd()', () => {
  beforeEach(needsSshd)

  test('adds all keys of all variables once over three starts, and keeps the lines of the user', async () => {
    const clients = [sshClient(), sshClient(), sshClient()] as const
    const [first, second, third] = clients.map(({ publicKey }) => publicKey)
    const pod = await startSshPod({
      make: ['podrunner'],
      accounts: [{ variable: 'RUNNER_USER', name: 'podrunner' }],
      before:
        'mkdir /root/.ssh; printf "# mine\\nssh-ed25519 AAAA unfinished line" >/root/.ssh/authorized_keys',
      keys: [
        { variable: 'AUTHORIZED_KEYS', text: `${first}\n\n# a comment\n${second}\r\n` },
        { variable: 'PUBLIC_KEY', text: `${second}\n` },
        { variable: 'SSH_PUBLIC_KEY', text: `  ${third}` },
      ],
    })
    for (const times of [1, 2, 3]) {
      await pod.ready(times)
      await expect
        .poll(() => pod.details()?.accounts)
        .toMatchObject([
          { name: 'root', keys: 4 },
          { name: 'podrunner', keys: 3 },
        ])
      if (times < 3) pod.send('restart')
    }
    for (const client of clients) expect((await client.ssh(pod.port, 'podrunner', 'true')).code).toBe(0)
    const ours = `${first}\n${second}\n${third}\n`
    const of = (user: string) => clients[0].ssh(pod.port, user, `cat ${file}; stat -c '%a %U' ~/.ssh ${file}`)
    expect((await of('podrunner')).out).toBe(`${ours}700 podrunner\n600 podrunner\n`)
    expect((await of('root')).out).toBe(
      `# mine\nssh-ed25519 AAAA unfinished line\n${ours}700 root\n600 root\n`,
    )
  })

  test('lets in every key of variables that hold several in one line', async () => {
    const clients = Array.from({ length: 6 }, () => sshClient())
    const [a, b, c, d, e, f] = clients.map(({ publicKey }) => publicKey)
    const pod = await startSshPod({
      keys: [
        { variable: 'AUTHORIZED_KEYS', text: `${a}\\n${b}` },
        { variable: 'PUBLIC_KEY', text: `${c},${d}` },
        { variable: 'SSH_PUBLIC_KEY', text: `${e} ${f}` },
      ],
    })
    await pod.ready()
    for (const client of clients) expect((await client.ssh(pod.port, 'root', 'true')).code).toBe(0)
  })

  test('refuses a private key, a fingerprint and garbage by name, shows none of them, and takes the rest', async () => {
    const secret = 'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ'
    const client = sshClient()
    const pod = await startSshPod({
      keys: [
        { variable: 'AUTHORIZED_KEYS', text: `-----BEGIN OPENSSH PRIVATE KEY-----\n${secret}\n-----END` },
        { variable: 'PUBLIC_KEY', text: `SHA256:${secret}\n${client.publicKey}` },
        { variable: 'SSH_PUBLIC_KEY', text: `my key is ${secret}` },
      ],
    })
    await pod.ready()
    expect((await client.ssh(pod.port, 'root', 'true')).code).toBe(0)
    const refusals = [
      'AUTHORIZED_KEYS holds a private key',
      'line 1 of PUBLIC_KEY is a fingerprint',
      'SSH_PUBLIC_KEY is not a public key',
    ]
    for (const refusal of refusals) {
      expect(pod.log.filter((line) => line.includes(refusal))).toHaveLength(1)
      expect(JSON.stringify(pod.details()?.problems)).toContain(refusal)
    }
    expect(pod.output()).not.toContain(secret)
  })

  test('locks nobody out whose home cannot be written, and follows no link as root', async () => {
    const { client, pod } = await hereWithKey({
      make: ['podrunner', 'podlinker'],
      accounts: [
        { variable: 'RUNNER_USER', name: 'podrunner' },
        { variable: 'SSH_USER', name: 'podlinker' },
      ],
      before: [
        'chown root: /home/podrunner',
        'mkdir /home/podlinker/.ssh',
        'echo precious >/etc/precious',
        'ln -s /etc/precious /home/podlinker/.ssh/authorized_keys',
        'chown podlinker: /home/podlinker/.ssh',
      ].join('; '),
    })
    for (const user of ['podrunner', 'podlinker']) {
      await pod.line(`keys could not be added to /home/${user}/.ssh/authorized_keys`)
      expect((await client.ssh(pod.port, user, 'id -un')).out).toBe(`${user}\n`)
    }
    expect((await client.ssh(pod.port, 'root', 'cat /etc/precious; stat -c "%a %U" /etc/precious')).out).toBe(
      'precious\n644 root\n',
    )
  })

  test('names accounts that are not there or have no shell, and serves the others', async () => {
    const { client, pod } = await hereWithKey({
      make: ['podrunner'],
      before: 'usermod -s /usr/sbin/nologin podrunner',
      accounts: [
        { variable: 'RUNNER_USER', name: 'podrunner' },
        { variable: 'SSH_USER', name: 'nobody-here' },
      ],
    })
    expect((await client.ssh(pod.port, 'root', 'true')).code).toBe(0)
    expect(await pod.line('SSH_USER names "nobody-here"')).toContain('create it or unset SSH_USER')
    expect(await pod.line('its shell is /usr/sbin/nologin')).toContain('usermod -s /bin/sh podrunner')
  })
})
