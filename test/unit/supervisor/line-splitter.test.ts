import { describe, expect, it, vi } from 'vitest'
import { lineRate } from '../../../supervisor/line-rate.ts'
import { lineSplitter } from '../../../supervisor/line-splitter.ts'
import { redactor } from '../../../supervisor/redact.ts'

function split(
  chunks: readonly (string | Buffer)[],
  options: { perSecond?: number; secrets?: string[] } = {},
) {
  const lines: string[] = []
  const suppressed: number[] = []
  const rate = lineRate(options.perSecond ?? 1e6, (count) => suppressed.push(count))
  const splitter = lineSplitter((text) => lines.push(text), rate, redactor(options.secrets ?? []))
  for (const chunk of chunks) splitter.push(Buffer.from(chunk))
  splitter.end()
  return { lines, suppressed: suppressed.reduce((sum, count) => sum + count, 0) }
}

describe('lineSplitter()', () => {
  it('joins half lines over chunks and hands out an unfinished last line at the end', () => {
    expect(split(['ab', 'c\nde', 'f']).lines).toEqual(['abc', 'def'])
  })

  it('takes every state of a progress bar as a line of its own', () => {
    expect(split(['10%\r20%\r', '30%\r\n', 'done\n']).lines).toEqual(['10%', '20%', '30%', 'done'])
  })

  it('removes terminal codes and replaces invalid UTF-8', () => {
    expect(split(['\u001b[31mred\u001b[0m\n', Buffer.from([0x61, 0xff, 0x62, 0x0a])]).lines).toEqual([
      'red',
      'a\ufffdb',
    ])
  })

  it('keeps a character that is cut in two by a chunk', () => {
    const bytes = Buffer.from('é\n')
    expect(split([bytes.subarray(0, 1), bytes.subarray(1)]).lines).toEqual(['é'])
  })

  it('cuts a line at 16 KB and says how much is missing', () => {
    const { lines } = split([`${'x'.repeat(1024 * 1024)}\nnext\n`])
    expect(lines[0]).toMatch(/^x{16384} \[cut: 1032192 bytes more\]$/)
    expect(lines[1]).toBe('next')
  })

  it('recognises a secret that is split over two writes, and one that straddles the cut', () => {
    const secret = 'sentinel-5d1c9a77'
    expect(split(['token=sentinel-', '5d1c9a77\n'], { secrets: [secret] }).lines).toEqual([
      'token=[redacted]',
    ])
    const straddling = `${'x'.repeat(16 * 1024 - 5)}${secret}${'y'.repeat(100)}\n`
    expect(split([straddling], { secrets: [secret] }).lines[0]).not.toContain('sent')
  })

  it('counts the lines beyond the rate instead of passing them on, whatever the chunks', () => {
    const flood = 'line\n'.repeat(5000)
    for (const size of [7, 64, 65_536]) {
      const chunks = Array.from({ length: Math.ceil(flood.length / size) }, (_, at) =>
        flood.slice(at * size, (at + 1) * size),
      )
      const { lines, suppressed } = split(chunks, { perSecond: 100 })
      expect(lines.length).toBeGreaterThanOrEqual(100)
      expect(lines.length + suppressed).toBe(5000)
    }
  })

  it('tells about suppressed lines once a second although no further line comes', () => {
    vi.useFakeTimers()
    try {
      const told: number[] = []
      const rate = lineRate(
        1,
        (count) => told.push(count),
        () => 0,
      )
      const splitter = lineSplitter(
        () => {},
        rate,
        (text) => text,
      )
      splitter.push(Buffer.from('a\nb\nc\n'))
      expect(told).toEqual([])
      vi.advanceTimersByTime(1000)
      expect(told).toEqual([2])
    } finally {
      vi.useRealTimers()
    }
  })
})
