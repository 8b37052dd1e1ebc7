import { chmod, mkdir, stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sshdDetails } from '../../../services/sshd/details.ts'
import type { SshdOptions } from '../../../services/sshd/options.ts'
import { makeRunFolder, runFolders } from '../../../services/sshd/run-folder.ts'
import { sshd } from '../../../services/sshd/service.ts'
import { sshdConfig } from '../../../services/sshd/sshd-config.ts'
import { withoutLock } from '../../../services/sshd/unlock-accounts.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

const options: SshdOptions = {
  ...{ port: 22, keys: [], accounts: [], env: {}, rsaHostKey: false, stateDir: '/nowhere' },
  files: { readText: async () => undefined, writeText: async () => {} },
}

describe('sshd()', () => {
  test('waits for nobody, restarts always and stops last', () => {
    const { name, after, needs, restart, stopTier } = sshd(options)
    expect({ name, after, needs, restart, stopTier }).toEqual({
      ...{ name: 'sshd', restart: 'always', stopTier: 'access' },
    })
  })

  test('is disabled without OpenSSH, and says what to install', () => {
    expect(sshd({ ...options, programFolders: [] }).disabled).toBe(
      'there is no sshd here: install openssh-server',
    )
  })

  test('is disabled without a usable key, and says what was wrong with those given', async () => {
    const folder = temporaryFolder()
    for (const name of ['sshd', 'ssh-keygen']) await mkdir(join(folder, name))
    const keys = [{ variable: 'PUBLIC_KEY', text: 'SHA256:0123456789' }]
    expect(sshd({ ...options, keys, programFolders: [folder] }).disabled).toMatch(
      /^no public key: PUBLIC_KEY is a fingerprint.*; set AUTHORIZED_KEYS, PUBLIC_KEY or SSH_PUBLIC_KEY/,
    )
  })
})

describe('withoutLock()', () => {
  test.each([
    ['!', '*'],
    ['!!', '*'],
    ['!*', '*'],
    ['!$y$hash', '*$y$hash'],
    ['*', undefined],
    ['$y$hash', undefined],
    ['', undefined],
  ])('makes of %j %j', (field, unlocked) => {
    expect(withoutLock(field)).toBe(unlocked)
  })
})

describe('makeRunFolder()', () => {
  test('takes the first folder that can be had, open to all and writable by us alone', async () => {
    const parent = temporaryFolder()
    const folder = join(parent, 'deep/run')
    expect(await makeRunFolder(['/etc/passwd/run', folder])).toBe(folder)
    expect((await stat(folder)).mode & 0o777).toBe(0o755)
    await chmod(folder, 0o777)
    expect(await makeRunFolder([folder])).toBe(folder)
    expect((await stat(folder)).mode & 0o777).toBe(0o755)
  })

  test('refuses a link that somebody put there', async () => {
    const parent = temporaryFolder()
    await symlink('/etc', join(parent, 'run'))
    await expect(makeRunFolder([join(parent, 'run')])).rejects.toThrow(`${parent}/run is not a folder`)
  })

  test('has one name for each state folder', () => {
    const [first] = runFolders('/a', 1000, '/tmp')
    expect(runFolders('/a/.', 1000, '/tmp')[0]).toBe(first)
    expect(runFolders('/b', 1000, '/tmp')[0]).not.toBe(first)
    expect(runFolders('/a', 1000, '/tmp')[1]).toMatch(/^\/tmp\/podmate-ssh-1000-[0-9a-f]{12}$/)
  })
})

test('sshdDetails() stays small, whatever is wrong', () => {
  const problems = Array.from({ length: 1000 }, () => 'x'.repeat(1000))
  const details = sshdDetails(options, { hostKeys: [], keysOf: new Map([['root', 3]]), problems })
  expect(JSON.stringify(details).length).toBeLessThan(16 * 1024)
  expect(details).toMatchObject({ port: 22, accounts: [{ name: 'root', keys: 3 }] })
})

describe('sshdConfig()', () => {
  const config = {
    ...{ port: 2222, folder: '/run/a folder%', hostKeyPaths: ['/run/a key'], allowed: ['root', 'me'] },
    ...{ keysAs: 'root', sftpServer: '/usr/lib/sftp-server' },
  }
  const lines = (withEnvironment: boolean) => sshdConfig({ ...config, withEnvironment }).split('\n')

  test('runs sessions through our script, with the sftp server that it can start', () => {
    expect(lines(true)).toEqual(
      expect.arrayContaining([
        'Port 2222',
        'HostKey "/run/a key"',
        'AllowUsers root me',
        'AuthorizedKeysCommand /bin/cat "/run/a folder%%/authorized_keys"',
        'Subsystem sftp "/usr/lib/sftp-server"',
        "ForceCommand exec /bin/sh '/run/a folder%/session.sh' '/run/a folder%'",
      ]),
    )
  })

  test('leaves everything out that belongs to the environment when there is to be none', () => {
    const rest = lines(false)
    expect(rest).toContain('Subsystem sftp internal-sftp')
    expect(rest.filter((line) => /ForceCommand|ExposeAuthInfo/.test(line))).toEqual([])
  })
})
