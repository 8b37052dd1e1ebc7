import { describe, expect, test } from 'vitest'
import { terminalIn } from '../../../services/autostop/stop/terminals.ts'

describe('terminalIn()', () => {
  const stat = (device: number) => `12 (a ) b) S 1 12 12 ${device} 12 4194304 0`
  test('gives the number of a pseudo-terminal, and of nothing else', () => {
    expect(terminalIn(stat((136 << 8) | 7))).toBe(7)
    expect(terminalIn(stat((137 << 8) | 1))).toBe(257)
    expect(terminalIn(stat(0))).toBeUndefined()
    expect(terminalIn(stat((4 << 8) | 1))).toBeUndefined()
    expect(terminalIn('')).toBeUndefined()
  })
})
