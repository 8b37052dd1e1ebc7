import { describe, expect, test } from 'vitest'
import { readArguments } from '../../../scripts/uci/arguments.ts'
import { readAnswer } from '../../../scripts/uci/read-answer.ts'
import { refusal } from '../../../scripts/uci/refusal.ts'

const because = { detail: 'Because.' }

describe('refusal()', () => {
  test.each([
    [400, {}, 'never', 'Because.'],
    [401, {}, 'never', 'Because. Set the option Token, or the variable PODMATE_TOKEN.'],
    [404, {}, 'never', 'Because.'],
    [301, { location: 'https://pod/' }, 'never', 'Because. and leads to https://pod/: set the option URL.'],
    [429, { 'retry-after': '2' }, 2000, 'Because.'],
    [502, {}, 'soon', 'Because.'],
    [503, { 'retry-after': '1' }, 1000, 'Because.'],
    [503, { 'retry-after': 'Sun, 22 Nov 2026 00:00:00 GMT' }, 'soon', 'Because.'],
  ] as const)('takes %i with %j for: again %s', (status, headers, again, message) => {
    expect(refusal(status, headers, because)).toMatchObject({ again, message })
  })
})

describe('readAnswer()', () => {
  test('takes what podmate answers, and nothing else', () => {
    const answer = { legal_topk: [{ uci: 'e2e4', probability: 1 }], game_over: null }
    expect(readAnswer(answer)).toBe(answer)
    for (const other of ['<html>', null, {}, { legal_topk: 'e2e4' }, { legal_topk: [{ uci: 'e2e4' }] }])
      expect(readAnswer(other)).toBeUndefined()
  })
})

describe('readArguments()', () => {
  test('takes the arguments before the environment, and PODMATE_TOKEN before API_TOKEN', () => {
    const env = { PODMATE_URL: 'http://a/', PODMATE_TOKEN: '', API_TOKEN: 'b' }
    expect(readArguments([], {})).toEqual({ url: '', token: '' })
    expect(readArguments([], env)).toEqual({ url: 'http://a/', token: 'b' })
    expect(readArguments([], { ...env, PODMATE_TOKEN: 'c' })).toMatchObject({ token: 'c' })
    expect(readArguments(['--url', 'http://d/', '--token', 'e'], env)).toEqual({
      url: 'http://d/',
      token: 'e',
    })
    expect(readArguments(['-h'], env)).toBe('help')
  })

  test('refuses what it does not know with a sentence and the usage', () => {
    expect(() => readArguments(['--depth', '3'], {})).toThrow(
      /^Unknown option '--depth'\nnode scripts\/uci\.ts/,
    )
  })
})
