import pino from 'pino'
import { describe, expect, test } from 'vitest'
import { labToken } from '../../../services/jupyter/lab-token.ts'

function tokenOf(token: string | undefined, generatedToken: () => Promise<string>) {
  const hidden: string[] = []
  const log: string[] = []
  const logger = pino({}, { write: (line: string) => void log.push(line) })
  const source = labToken({ token, generatedToken, hide: (secret) => hidden.push(secret) })
  return { source, hidden, log, read: () => source.read(logger) }
}

describe('labToken()', () => {
  test('is the one that the user set; no other is made', async () => {
    const { read, source, hidden } = tokenOf('from-the-user', () => Promise.reject(new Error('not asked')))
    expect(source.current()).toBe('from-the-user')
    expect([await read(), hidden]).toEqual(['from-the-user', []])
  })

  test('is the kept one when the user set none, and is hidden', async () => {
    const { read, source, hidden, log } = tokenOf(undefined, async () => 'kept-on-the-volume')
    expect(source.current()).toBeUndefined()
    expect([await read(), source.current()]).toEqual(['kept-on-the-volume', 'kept-on-the-volume'])
    expect([hidden, log]).toEqual([['kept-on-the-volume'], []])
  })

  test('is one of this start, with a warning that does not show it, while the volume is away', async () => {
    let volume = () => Promise.reject<string>(new Error('the volume does not answer'))
    const { read, hidden, log } = tokenOf(undefined, () => volume())
    const made = await read()
    expect(made).toMatch(/^[0-9a-f]{32}$/)
    expect(hidden).toEqual([made])
    expect(log).toEqual([expect.stringContaining('the volume does not answer')])
    expect(log.join()).not.toContain(made)
    volume = async () => 'kept-on-the-volume'
    expect(await read()).toBe(made)
  })
})
