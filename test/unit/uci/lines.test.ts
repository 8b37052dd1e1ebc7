import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { lines } from '../../../scripts/uci/lines.ts'

async function read(...chunks: readonly (string | Buffer)[]): Promise<readonly string[]> {
  const found: string[] = []
  for await (const line of lines(Readable.from(chunks, { objectMode: false }))) found.push(line)
  return found
}

describe('lines()', () => {
  test('takes every end of line, joined lines, split ones and one without an end', async () => {
    expect(await read('uci\r\nisre', 'ady\nstop\rgo\r', '\nposi', 'tion startpos\n\n\nqu', 'it')).toEqual([
      'uci',
      'isready',
      'stop',
      'go',
      'position startpos',
      'quit',
    ])
  })

  test('leaves out what is blank', async () => {
    expect(await read(' \n\t\r\n  ')).toEqual([])
  })

  test('joins letters that arrive in two pieces, and ends no line at U+2028', async () => {
    const [first, second] = [Buffer.from('aé\u2028b').subarray(0, 2), Buffer.from('aé\u2028b').subarray(2)]
    expect(await read(first, second)).toEqual(['aé\u2028b'])
  })
})
