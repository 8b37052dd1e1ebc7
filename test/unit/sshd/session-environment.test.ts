import { describe, expect, test } from 'vitest'
import { sessionEnvironment, shellQuoted } from '../../../services/sshd/session-environment.ts'

describe('sessionEnvironment()', () => {
  test('quotes every value and leaves out what sshd says itself', () => {
    const { text, skipped } = sessionEnvironment({
      A: `it's $HOME`,
      HOME: '/x',
      SSH_TTY: 'y',
      b_1: '',
      TERM: 'z',
    })
    expect(text).toBe(`export A='it'\\''s $HOME'\nexport b_1=''\n`)
    expect(skipped).toEqual([])
  })

  test('skips names that no shell can hold', () => {
    const { text, skipped } = sessionEnvironment({
      'a.b': '1',
      'BASH_FUNC_f%%': '2',
      '1a': '3',
      'a=b;c': '4',
      '': '5',
    })
    expect(text).toBe('')
    expect(new Set(skipped)).toEqual(new Set(['a.b', 'BASH_FUNC_f%%', '1a', 'a=b;c', '']))
  })
})

test('shellQuoted() leaves nothing for a shell to run', () => {
  expect(shellQuoted(`'; touch x; '`)).toBe(`''\\''; touch x; '\\'''`)
})
