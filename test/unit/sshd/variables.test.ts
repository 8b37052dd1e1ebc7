import { describe, expect, test } from 'vitest'
import { readEnvironment } from '../../../environment.ts'

describe('readEnvironment() for sshd', () => {
  test('is off on a laptop, and reads all three names of keys', () => {
    expect(readEnvironment({}).values.sshd).toEqual({
      START_SSHD: false,
      SSH_PORT: 22,
      SSH_USER: 'root',
      SSH_RSA_HOST_KEY: false,
      PASS_SECRETS_TO_SSH: [],
    })
    const keys = { AUTHORIZED_KEYS: 'a\nb', PUBLIC_KEY: 'c', SSH_PUBLIC_KEY: 'd' }
    expect(readEnvironment(keys).values.sshd).toMatchObject(keys)
  })

  test.each([
    ['SSH_PORT', 'twenty-two', 22],
    ['SSH_USER', 'no such:name', 'root'],
    ['PASS_SECRETS_TO_SSH', 'HF-TOKEN', []],
    ['START_SSHD', 'yess', 'auto'],
  ])('takes a wrong %s for unset, says so, and keeps the keys', (variable, value, instead) => {
    const { values, problems } = readEnvironment({ [variable]: value, PUBLIC_KEY: 'a key' })
    expect(problems).toEqual([{ variable, group: 'sshd', message: expect.stringContaining(variable) }])
    expect(values.sshd).toMatchObject({ [variable]: instead, PUBLIC_KEY: 'a key' })
  })
})
