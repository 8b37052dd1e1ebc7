import { describe, expect, test } from 'vitest'
import { authorizedKeys } from '../../../services/sshd/authorized-keys.ts'
import { fingerprint } from '../../../services/sshd/fingerprint.ts'
import { readPublicKey } from '../../../services/sshd/public-key.ts'

const field = (bytes: Buffer) => {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}
const key = (type: string, ...sizes: readonly number[]) =>
  `${type} ${Buffer.concat([field(Buffer.from(type)), ...sizes.map((size) => field(Buffer.alloc(size, 7)))]).toString('base64')}`
const ed25519 = key('ssh-ed25519', 32)

describe('readPublicKey()', () => {
  test.each([
    ['Ed25519', ed25519],
    ['a comment', `${ed25519} me@laptop, and more`],
    ['RSA', key('ssh-rsa', 3, 257)],
    ['ECDSA', key('ecdsa-sha2-nistp256', 8, 65)],
    ['a security key', key('sk-ssh-ed25519@openssh.com', 32, 4)],
    ['options', `restrict,pty,from="10.0.0.0/8,*.example.org" ${ed25519}`],
    ['a command with quotes, spaces and commas', `command="echo \\"a, b\\"",no-pty ${ed25519} x`],
    ['a blank before it', `  ${ed25519}\t`],
  ])('takes %s', (_, line) => {
    expect(readPublicKey(line)).toEqual({ type: 'key', line: line.trim() })
  })

  test.each(['', '   ', '# ssh-ed25519 in a comment'])('passes over %j', (line) => {
    expect(readPublicKey(line)).toEqual({ type: 'nothing' })
  })

  test.each([
    ['SHA256:uqzSfTTpBT6Qpm3nSqgDm0mkvtb1kzv5e0fgyMd5Vt8', 'is a fingerprint'],
    ['256 SHA256:uqzSfTTpBT6Qpm3nSqgDm0mkvtb1kzv5e0fgyMd5Vt8 me (ED25519)', 'is a fingerprint'],
    ['16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48', 'is a fingerprint'],
    ['-----BEGIN OPENSSH PRIVATE KEY-----', 'is part of a private key'],
    ['hello', 'is not a public key'],
    [ed25519.slice('ssh-ed25519 '.length), 'is not a public key'],
    [ed25519.slice(0, -8), 'is damaged'],
    [key('ssh-ed25519', 31), 'is damaged'],
    [key('ssh-ed25519', 32).replace('ssh-ed25519 ', 'ssh-rsa '), 'is damaged'],
    ['ssh-ed25519', 'is damaged'],
    [key('ssh-rsa', 3, 129), 'less than 2048 bits'],
    [`no-such-option ${ed25519}`, 'has an option that sshd does not know'],
    [key('ssh-dss', 20, 20), 'is of a type that is not accepted'],
  ])('refuses %s and says why: it %s', (line, reason) => {
    expect(readPublicKey(line)).toEqual({ type: 'refused', reason: expect.stringContaining(reason) })
  })
})

describe('authorizedKeys()', () => {
  test('joins all variables, each key once', () => {
    const sources = [
      { variable: 'A', text: `${ed25519}\r\n\n${key('ssh-rsa', 3, 257)}` },
      { variable: 'B', text: ` ${ed25519} ` },
    ]
    expect(authorizedKeys(sources)).toEqual({ lines: [ed25519, key('ssh-rsa', 3, 257)], problems: [] })
  })

  const other = key('ssh-rsa', 3, 257)
  const options = 'restrict,command="echo \\"a,\\n b\\""'
  const both = [`${ed25519} a@b`, `${other} c@d`]
  const linesOf = (text: string) => authorizedKeys([{ variable: 'PUBLIC_KEY', text }])

  test.each([
    ['a written line end', `${ed25519} a@b\\n${other} c@d\\n`],
    ['the line end of Windows, written', `${ed25519} a@b\\r\\n${other} c@d`],
    ['a line end written twice', `${ed25519} a@b\\\\n${other} c@d`],
    ['a comma', `${ed25519} a@b,${other} c@d`],
    ['a comma and a blank', `${ed25519} a@b, ${other} c@d`],
    ['a blank', `${ed25519} a@b ${other} c@d`],
    ['a semicolon', `${ed25519} a@b; ${other} c@d`],
    ['nothing', `${ed25519} a@b${other} c@d`],
    ['quotes around each', `"${ed25519} a@b" "${other} c@d"`],
    ['a list of JSON', `["${ed25519} a@b", "${other} c@d"]`],
    ['quotes around each line', `"${ed25519} a@b"\n'${other} c@d'\n`],
    ['a comment before them', `# ours\\n${ed25519} a@b\\n${other} c@d`],
    ['one of them taken out', `${ed25519} a@b\\n#${key('ssh-ed25519', 32).slice(0, -1)}A x\\n${other} c@d`],
  ])('lets in both keys of one line with %s between them', (_, text) => {
    expect(linesOf(text)).toEqual({ lines: both, problems: [] })
  })

  test('takes keys without a comment apart, and keeps the options of each', () => {
    expect(linesOf(`${ed25519},${other}`).lines).toEqual([ed25519, other])
    for (const between of ['\\n', ',', ' '])
      expect(linesOf(`${options} ${ed25519} a@b${between}${options} ${other}`)).toEqual({
        lines: [`${options} ${ed25519} a@b`, `${options} ${other}`],
        problems: [],
      })
  })

  test('lets no key in without the options that stand before it', () => {
    for (const between of ['\\n', ',', ' ']) {
      const { lines, problems } = linesOf(`${ed25519} a@b${between}from=10.0.0.1 ${other}`)
      expect(lines).toEqual([`${ed25519} a@b`])
      expect(problems).toEqual(['key 2 in PUBLIC_KEY has an option that sshd does not know'])
    }
  })

  test('keeps comments that look like more', () => {
    for (const comment of ['corp\\nina@laptop', 'me@laptop, and more', '[a] "b" #c'])
      expect(linesOf(`${ed25519} ${comment}`).lines).toEqual([`${ed25519} ${comment}`])
    expect(linesOf(`#${ed25519} a`)).toEqual({ lines: [], problems: [] })
    expect(linesOf(`# corp\\nina has none yet`)).toEqual({ lines: [], problems: [] })
    expect(linesOf(`command="echo ${other}" ${ed25519}`).lines).toEqual([
      `command="echo ${other}" ${ed25519}`,
    ])
  })

  test('writes a blank as sshd reads it', () => {
    expect(linesOf(ed25519.replace(' ', '\u00a0')).lines).toEqual([ed25519])
  })

  test('names variable and line of what is refused, and shows none of it', () => {
    const { lines, problems } = authorizedKeys([
      { variable: 'A', text: `${ed25519}\nhello-world` },
      { variable: 'B', text: 'hello-world' },
      { variable: 'C', text: '-----BEGIN RSA PRIVATE KEY-----\nhello-world\n-----END RSA PRIVATE KEY-----' },
    ])
    expect(lines).toEqual([ed25519])
    expect(problems.map((problem) => problem.split(' ').slice(0, 4).join(' '))).toEqual([
      'line 2 of A',
      'B is not a',
      'C holds a private',
    ])
    expect(problems.join()).not.toContain('hello-world')
  })
})

test('fingerprint() is what ssh-keygen prints', () => {
  const line = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBu7tspJV3D65issl2zzmxfoWUwSq/24LkJAV0pulWzt a comment'
  expect(fingerprint(line)).toBe('SHA256:qpCWrR5fnmg95yKcr36fMfagcg78EXIq6pD3Tr80bhk')
})
