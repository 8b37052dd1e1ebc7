import { describe, expect, test } from 'vitest'
import { parseCommand } from '../../../scripts/uci/command.ts'

describe('parseCommand()', () => {
  test.each(['uci', 'isready', 'ucinewgame', 'stop', 'ponderhit', 'register', 'quit'] as const)(
    'knows %s, with whatever follows it',
    (type) => {
      expect(parseCommand(type)).toEqual({ type })
      expect(parseCommand(` \t${type}  later and more`)).toEqual({ type })
    },
  )

  test('skips words that it does not know, as the protocol has it', () => {
    expect(parseCommand('joho debug on')).toEqual({ type: 'debug', on: true })
    expect(parseCommand('\uFEFFuci')).toEqual({ type: 'uci' })
  })

  test.each([
    '',
    '   ',
    'xyzzy',
    'UCI',
    'position',
    'position fen',
    'position 9',
    'setoption',
    'constructor',
  ])('makes nothing of "%s"', (line) => {
    expect(parseCommand(line)).toBeUndefined()
  })

  test.each([
    ['debug', true],
    ['debug on', true],
    ['debug off', false],
  ])('reads "%s" as %s', (line, on) => {
    expect(parseCommand(line)).toEqual({ type: 'debug', on })
  })

  test.each([
    ['setoption name Seed value 7', 'Seed', '7'],
    ['setoption name Move Overhead value 100', 'Move Overhead', '100'],
    ['setoption  name  URL  value  http://a/b?c=value d', 'URL', 'http://a/b?c=value d'],
    ['setoption name Token value <empty>', 'Token', ''],
    ['setoption name Token value', 'Token', ''],
    ['setoption name Token value ', 'Token', ''],
    ['setoption name Clear Hash', 'Clear Hash', ''],
  ])('reads "%s"', (line, name, value) => {
    expect(parseCommand(line)).toEqual({ type: 'setoption', name, value })
  })
})
