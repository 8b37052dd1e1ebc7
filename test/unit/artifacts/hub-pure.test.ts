import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gitOid } from '../../../services/artifacts/uploader/hub/commit-body.ts'
import { endpointProblem } from '../../../services/artifacts/uploader/hub/endpoint.ts'
import { problemName } from '../../../services/artifacts/uploader/hub/problem-of.ts'
import { hubProblem, problemTexts } from '../../../services/artifacts/uploader/hub/problem-texts.ts'
import { redact } from '../../../services/artifacts/uploader/hub/redact.ts'
import { RequestFailure } from '../../../services/artifacts/uploader/hub/request-failure.ts'
import { askedDelay, retryDelay, usualTiming } from '../../../services/artifacts/uploader/hub/retry-delay.ts'
import { tokenProblem } from '../../../services/artifacts/uploader/hub/token-problem.ts'

const now = Date.parse('2026-03-01T12:00:00Z')

test.for([
  [{ 'retry-after': '7' }, 7000],
  [{ 'retry-after': '1.5' }, 1500],
  [{ 'retry-after': 'Sun, 01 Mar 2026 12:00:09 GMT' }, 9000],
  [{ 'retry-after': 'Sun, 01 Mar 2026 11:00:00 GMT' }, 0],
  [{ 'retry-after': 'soon' }, undefined],
  [{ ratelimit: '"api";r=0;t=55' }, 56_000],
  [{ ratelimit: '"api"; r=0; t=55' }, 56_000],
  [{ ratelimit: '"api";r=10;t=55' }, undefined],
  [{ ratelimit: '"api";r=10;t=55', 'retry-after': '3' }, 3000],
  [{ ratelimit: '"api";r=0;t=55', 'retry-after': '3' }, 56_000],
  [{}, undefined],
] as const)('askedDelay() of %j is %s ms', ([headers, ms]) => {
  expect(askedDelay(new Headers(headers), now)).toBe(ms)
})

test('retryDelay() is anywhere between nothing and the doubled pause, and never before the Hub allows', () => {
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 40 }),
      fc.option(fc.nat(1e6), { nil: undefined }),
      chance,
      (next, asked, random) => {
        const ms = retryDelay(next, asked, usualTiming, random)
        expect(ms).toBeGreaterThanOrEqual(asked ?? 0)
        expect(ms).toBeLessThanOrEqual(
          asked === undefined ? usualTiming.longestPauseMs : asked + usualTiming.firstPauseMs,
        )
      },
    ),
  )
  expect([2, 3, 4, 5, 6, 7, 8].map((next) => retryDelay(next, undefined, usualTiming, 0.5))).toEqual([
    500, 1000, 2000, 4000, 8000, 15_000, 15_000,
  ])
})

test.for([
  [408, 'later', true],
  [429, 'later', false],
  [500, 'later', true],
  [503, 'later', true],
  [undefined, 'later', true],
  [401, 'token', false],
  [402, 'quota', false],
  [403, 'rights', false],
  [404, 'gone', false],
  [409, 'refused', false],
  [412, 'conflict', false],
  [413, 'tooLarge', false],
  [507, 'quota', false],
  [400, 'refused', false],
  [302, 'moved', false],
] as const)('problemName() of status %s is %s', ([status, name, uncertain]) => {
  const failure = new RequestFailure('Injected', { status })
  expect(problemName(failure)).toBe(name)
  expect(failure.isUncertain).toBe(uncertain)
})

test('RequestFailure of two at the same moment passes, of what exists does not', () => {
  const both = new RequestFailure('Another conflicting operation is in progress', { status: 409 })
  const exists = new RequestFailure('You already created this model repo', { status: 409 })
  expect([both.isPassing, exists.isPassing]).toEqual([true, false])
})

test('problemName() knows a full storage and an old listing by their words', () => {
  const full = new RequestFailure('Private repository storage limit reached', { status: 403 })
  const old = new RequestFailure('Entry not found: a', { status: 404, code: 'EntryNotFound' })
  expect([problemName(full), problemName(old)]).toEqual(['quota', 'conflict'])
})

test('every problem is a sentence with a remedy', () => {
  for (const [name, [kind]] of Object.entries(problemTexts)) {
    const { message, ...problem } = hubProblem(name as keyof typeof problemTexts, 'This happened') // its own keys
    expect(problem.kind).toBe(kind)
    expect(message).toMatch(/^This happened\. [A-Za-z].{20,}\.$/)
  }
})

test('redact() takes out the token and what signs addresses, wherever they stand', () => {
  const token = `hf_${'Secret'.repeat(6)}`
  fc.assert(
    fc.property(fc.string(), fc.string(), (before, after) => {
      expect(redact(`${before}${token}${after}`, token)).not.toContain(token)
    }),
  )
  expect(redact('PUT https://s3.example/a/b?X-Amz-Signature=abc&x=1 failed', token)).toBe(
    'PUT https://s3.example/a/b?… failed',
  )
})

test('tokenProblem() takes what looks like a token, and repeats none of what does not', () => {
  expect(tokenProblem(`hf_${'aB3'.repeat(11)}`)).toBe(undefined)
  fc.assert(
    fc.property(fc.string({ minLength: 9 }), (text) => {
      const problem = tokenProblem(text)
      if (problem !== undefined) expect(problem).not.toContain(text)
    }),
  )
})

test.for([
  ['https://huggingface.co', true],
  ['https://hub.example/base/', true],
  ['http://127.0.0.1:8080', true],
  ['http://localhost:1', true],
  ['http://[::1]:1', true],
  ['http://10.0.0.1', false],
  ['http://127.0.0.1.example', false],
  ['https://user:pass@hub.example', false],
  ['https://hub.example?a=b', false],
  ['ftp://hub.example', false],
  ['hub.example', false],
  ['', false],
] as const)('endpointProblem() of %s: allowed %s', ([endpoint, allowed]) => {
  expect(endpointProblem(endpoint) === undefined).toBe(allowed)
})

test('gitOid() is what git calls a file', () => {
  expect(gitOid(Buffer.from(''))).toBe('e69de29bb2d1d6434b8b29ae775ad8c2e48c5391')
  expect(gitOid(Buffer.from('hello\n'))).toBe('ce013625030ba8dba906f756967f9e9ca394464a')
})
