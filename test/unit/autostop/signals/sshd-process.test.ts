import { expect, test } from 'vitest'
import { connectionTitle } from '../../../../services/autostop/signals/sshd-process.ts'

test.each([
  ['sshd: root@pts/0', 'sshd: root@pts/0'],
  ['sshd: podrunner', 'sshd: podrunner'],
  ['sshd-session: root@internal-sftp', 'sshd-session: root@internal-sftp'],
  ['sshd: podrunner [priv]', undefined],
  ['sshd: [accepted]', undefined],
  ['sshd: [rexeced]', undefined],
  ['sshd: unknown [net]', undefined],
  ['sshd: /usr/sbin/sshd -D [listener] 1 of 30-100 startups', undefined],
  ['/usr/sbin/sshd\0-D\0-R\0', undefined],
  ['', undefined],
])('connectionTitle(%j) is %j', (commandLine, title) => {
  expect(connectionTitle(commandLine)).toBe(title)
})
