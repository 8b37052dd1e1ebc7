import { describe, expect, test } from 'vitest'
import { defaults, optionLines, withOption } from '../../../scripts/uci/options.ts'

test('optionLines() describes every option in the words of the protocol', () => {
  expect(optionLines()).toEqual([
    'option name URL type string default <empty>',
    'option name Token type string default <empty>',
    'option name WinnerSide type combo default auto var auto var white var black var draw var unknown',
    'option name Temperature type spin default 0 min 0 max 1000',
    'option name TopK type spin default 0 min 0 max 256',
    'option name MultiPV type spin default 1 min 1 max 256',
    'option name Seed type spin default 0 min 0 max 2147483647',
    'option name Move Overhead type spin default 100 min 0 max 60000',
    'option name UCI_ShowWDL type check default false',
    'option name Threads type spin default 1 min 1 max 1024',
    'option name Hash type spin default 16 min 1 max 1048576',
    'option name SyzygyPath type string default <empty>',
    'option name Ponder type check default false',
    'option name UCI_AnalyseMode type check default false',
    'option name UCI_Opponent type string default <empty>',
  ])
})

describe('withOption()', () => {
  test.each([
    ['URL', 'http://127.0.0.1:8000/', { url: 'http://127.0.0.1:8000/' }],
    ['token', 'Secret-Of-Mine', { token: 'Secret-Of-Mine' }],
    ['MoveOverhead', '250', { moveOverheadMs: 250 }],
    ['move overhead', '0', { moveOverheadMs: 0 }],
    ['winnerside', 'Black', { winnerSide: 'black' }],
    ['TEMPERATURE', '80', { temperature: 80 }],
    ['UCI_ShowWDL', 'true', { showWdl: true }],
  ])('sets %s to %s', (name, value, changed) => {
    expect(withOption(defaults, name, value)).toEqual({ ...defaults, ...changed })
  })

  test.each([
    ['Contempt', '16', 'there is no option Contempt'],
    ['MultiPV', '0', 'MultiPV cannot be 0: it is a whole number from 1 to 256'],
    ['Seed', '', 'Seed cannot be empty: it is a whole number from 0 to 2147483647'],
    ['Temperature', '1.5', 'Temperature cannot be 1.5: it is a whole number from 0 to 1000'],
    ['WinnerSide', 'w', 'WinnerSide cannot be w: it is one of auto, white, black, draw, unknown'],
    ['UCI_ShowWDL', 'yes', 'UCI_ShowWDL cannot be yes: it is true or false'],
  ])('refuses %s = "%s" with a sentence', (name, value, sentence) => {
    expect(withOption(defaults, name, value)).toBe(sentence)
  })
})
