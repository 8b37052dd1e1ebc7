import { describe, expect, test } from 'vitest'
import { secretSearch } from '../../../services/artifacts/uploader/secret-texts.ts'

function found(texts: readonly (string | Buffer)[], own: readonly string[] = []): string | undefined {
  const search = secretSearch(own)
  for (const text of texts) search.add(Buffer.from(text))
  return search.found
}

// In two pieces, so that this file holds none itself.
const secrets = [
  ['hf_', 'a'.repeat(34), 'a Hugging Face token'],
  ['rpa_', 'A1'.repeat(20), 'a RunPod API key'],
  ['AKIA', 'ABCDEFGHIJKLMNOP', 'an AWS key'],
  ['ghp_', 'x'.repeat(36), 'a GitHub token'],
  ['github_pat_', 'x'.repeat(60), 'a GitHub token'],
  ['sk-ant-', 'x'.repeat(40), 'an API key'],
  ['-----BEGIN OPENSSH ', 'PRIVATE KEY-----', 'a private key'],
] as const

describe('secretSearch()', () => {
  test.for(secrets)('knows what starts with %s, and tells its kind only', ([start, rest, kind]) => {
    expect(found([`{"note": "${start}${rest}"}`])).toBe(kind)
  })

  test.for(secrets)('finds what starts with %s across two blocks', ([start, rest, kind]) => {
    const text = `${'x'.repeat(50)} "${start}${rest}"`
    expect(found([text.slice(0, 54), text.slice(54)])).toBe(kind)
  })

  test('finds a value that it was given', () => {
    expect(found(['{"password": "correct horse"}'], ['correct horse'])).toBe('the token of the Hub')
  })

  test('finds nothing in what only looks alike', () => {
    expect(found(['{"hf_repo": "hf_short", "task": "sk-learn", "sha": "abcdef0123456789"}'])).toBeUndefined()
  })

  test('does not look into a file that is no text', () => {
    expect(found([Buffer.from([80, 75, 0, 1]), `hf_${'a'.repeat(34)}`])).toBeUndefined()
  })
})
