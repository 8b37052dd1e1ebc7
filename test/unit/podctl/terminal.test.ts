import { expect, test } from 'vitest'
import { harmless, terminal } from '../../../scripts/podctl/terminal.ts'

test('terminal() paints on a terminal only, and never when NO_COLOR is set', () => {
  expect(terminal({}, true).paint('green', 'ok')).toBe('\x1b[32mok\x1b[39m')
  expect(terminal({ NO_COLOR: '' }, true).paint('green', 'ok')).toContain('\x1b')
  expect(terminal({ NO_COLOR: '1' }, true).paint('green', 'ok')).toBe('ok')
  expect(terminal({}, false).paint('green', 'ok')).toBe('ok')
})

test('harmless() leaves text and tabs and takes what steers a terminal', () => {
  expect(harmless('a\tb \u001b]0;title\u0007 é ✓')).toBe('a\tb  ]0;title  é ✓')
})
