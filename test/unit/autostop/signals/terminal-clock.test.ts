import { describe, expect, test } from 'vitest'
import { TerminalClock } from '../../../../services/autostop/signals/terminal-clock.ts'

const hour = 3_600_000
/** Wall clock minus monotonic clock. */
const offset = 1_790_000_000_000

/** Looks at one terminal whose times are given on the monotonic clock. */
function terminal(clock = new TerminalClock()) {
  return (nowMs: number, inputMs: number, outputMs: number | undefined, warnedMs?: number) => {
    const times = {
      inputMs: inputMs + offset,
      outputMs: outputMs === undefined ? undefined : outputMs + offset,
    }
    const known = { name: 'pts/0', user: 'root', typed: true, ...times }
    return clock.look([known], warnedMs, nowMs, nowMs + offset)[0]
  }
}

describe('TerminalClock', () => {
  test('takes what was typed as use, up to the 8 s that the kernel leaves open', () => {
    expect(terminal()(100_000, 60_000, 60_000)).toEqual({
      name: 'pts/0',
      lastMs: 68_000,
      evidence: 'root typed 32 s ago on pts/0',
    })
  })

  test('takes output as use for two hours after the last input, and not longer', () => {
    const look = terminal()
    look(0, 0, 0)
    expect(look(hour, 0, hour - 1000)).toMatchObject({
      lastMs: hour - 1000,
      evidence: 'pts/0 printed 1 s ago, root typed 60 min ago',
    })
    expect(look(3 * hour, 0, 3 * hour - 1000)).toMatchObject({
      lastMs: 2 * hour + 8000,
      evidence: 'pts/0 prints, but root typed 3 h ago: output alone counts for 2 h',
    })
  })

  test('does not take a warning of podmate for output', () => {
    const look = terminal()
    look(0, 0, 0)
    look(hour, 0, hour - 60_000)
    expect(look(hour + 60_000, 0, hour + 9000, hour + 9500)?.lastMs).toBe(hour - 60_000)
    expect(look(hour + 120_000, 0, hour + 100_000, hour + 9500)?.lastMs).toBe(hour + 100_000)
  })

  test('does not count output where podmate writes its own log', () => {
    expect(terminal()(hour, 0, undefined)?.lastMs).toBe(8000)
  })

  test('forgets terminals that were closed', () => {
    const clock = new TerminalClock()
    terminal(clock)(1000, 0, 0)
    expect(clock.look([], undefined, 2000, 2000 + offset)).toEqual([])
  })

  test('does not say that somebody typed who only opened a terminal', () => {
    const look = (outputMs: number, nowMs: number) => {
      const known = {
        name: 'pts/0',
        user: 'root',
        typed: false,
        inputMs: offset,
        outputMs: outputMs + offset,
      }
      return new TerminalClock().look([known], undefined, nowMs, nowMs + offset)[0]?.evidence
    }
    expect(look(0, 60_000)).toBe('root opened pts/0 52 s ago')
    expect(look(hour, hour)).toBe('pts/0 printed 0 s ago, root opened it 60 min ago')
  })
})
