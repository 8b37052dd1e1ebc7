import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redactDeep, redactor } from '../../../supervisor/redact.ts'

const secret = 'p@ss/w+rd "1" ü'

describe('redactor()', () => {
  it.each([
    ['plain', secret],
    ['URL-encoded', encodeURIComponent(secret)],
    ['form-encoded', encodeURIComponent(secret).replaceAll('%20', '+')],
    ['inside JSON', JSON.stringify(secret)],
    ['base64', Buffer.from(secret).toString('base64')],
    ['base64url', Buffer.from(secret).toString('base64url')],
  ])('removes a secret that stands there %s', (_, shown) => {
    expect(redactor([secret])(`before ${shown} after`)).toMatch(/^before "?\[redacted\].* after$/)
  })

  it('removes a secret from base64 of a longer text, wherever it stands in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (before, after) => {
        const token = 'hf_0123456789abcdefghij'
        const shown = redactor([token])(Buffer.from(before + token + after).toString('base64'))
        expect(shown).toContain('[redacted]')
      }),
    )
  })

  it('takes the longer of two secrets that begin alike', () => {
    expect(redactor(['password', 'password-long'])('password-long')).toBe('[redacted]')
  })

  it('knows a secret from the moment that it is added', () => {
    const redact = redactor([])
    expect(redact('made-here-1')).toBe('made-here-1')
    redact.add('made-here-1')
    redact.add('short')
    expect(redact('a short text with made-here-1')).toBe('a short text with [redacted]')
  })

  it('leaves values under 8 characters alone', () => {
    expect(redactor(['short'])('a short text')).toBe('a short text')
  })
})

describe('redactDeep()', () => {
  it('reaches every text of a value and keeps its shape', () => {
    const redact = redactor(['sentinel-1'])
    const value = { list: ['sentinel-1', 1, null], nested: { 'key sentinel-1': true } }
    expect(redactDeep(value, redact)).toEqual({
      list: ['[redacted]', 1, null],
      nested: { 'key [redacted]': true },
    })
  })
})
