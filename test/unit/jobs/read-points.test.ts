import { createRequire } from 'node:module'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ingestSchema } from '../../../services/jobs/job-schemas.ts'
import { parseLenientJson } from '../../../services/jobs/lenient-json.ts'
import { readPoints } from '../../../services/jobs/read-points.ts'

const now = 1_790_000_000_000

/** Points as objects again; Infinity stands for what is not finite. */
function readBack(body: unknown): readonly Record<string, number>[] {
  const { steps, times, names, values } = readPoints('job-1', body, now)
  return [...steps].map((step, row) => {
    const numbers = names.map((name, at) => [name, values[row * names.length + at] ?? Number.NaN] as const)
    return {
      step,
      timestamp: times[row] ?? 0,
      ...Object.fromEntries(numbers.filter(([, value]) => !Number.isNaN(value))),
    }
  })
}

describe('readPoints()', () => {
  test('takes one point or an array, with any further numbers', () => {
    expect(readBack({ step: 3, loss: 2.5, mine: 1 })).toEqual([
      { step: 3, loss: 2.5, mine: 1, timestamp: now },
    ])
    expect(
      readBack([
        { step: 1, loss: 1 },
        { step: 2, eval_loss: 4 },
      ]),
    ).toEqual([
      { step: 1, loss: 1, timestamp: now },
      { step: 2, eval_loss: 4, timestamp: now },
    ])
    expect(readBack([])).toEqual([])
  })

  test('takes null for absent, and NaN as Python writes it for not finite', () => {
    const body = parseLenientJson('{"step": 1, "loss": NaN, "mine": -Infinity, "epoch": null}')
    expect(readBack(body)).toEqual([
      { step: 1, loss: Number.POSITIVE_INFINITY, mine: Number.POSITIVE_INFINITY, timestamp: now },
    ])
  })

  test('names the numbers of a rank above 0 by it', () => {
    expect(
      readBack([
        { step: 1, rank: 0, loss: 1 },
        { step: 1, rank: 3, epoch: 2, loss: 4 },
      ]),
    ).toEqual([
      { step: 1, rank: 0, loss: 1, timestamp: now },
      { step: 1, epoch: 2, 'rank3/loss': 4, timestamp: now },
    ])
    expect(() => readBack({ step: 1, rank: 2, loss: 'low' })).toThrow('"rank2/loss" must be a number')
  })

  test('takes timestamps in milliseconds and in seconds', () => {
    const of = (timestamp: number) => readBack({ step: 1, timestamp })[0]?.timestamp
    expect([of(1_790_000_000_123), of(1_790_000_000.123)]).toEqual([1_790_000_000_123, 1_790_000_000_123])
  })

  test.each([
    [null, 'the body must be an object'],
    ['text', 'the body must be an object'],
    [[1], '[0] must be an object'],
    [{}, '"step" must be a whole number, 0 or more, not missing'],
    [{ step: '1' }, '"step" must be a whole number, 0 or more, not "1"'],
    [{ step: 1.5 }, '"step" must be a whole number, 0 or more, not 1.5'],
    [{ step: -1 }, '"step" must be a whole number, 0 or more, not -1'],
    [[{ step: 1 }, { step: 2, loss: 'low' }], '"[1].loss" must be a number, not "low"'],
    [{ step: 1, mine: true }, '"mine" must be a number, not true'],
    [{ step: 1, mine: { nested: 1 } }, '"mine" must be a number, not {"nested":1}'],
    [{ step: 1, timestamp: 'now' }, '"timestamp" must be milliseconds'],
    [{ step: 1, '': 1 }, 'is no name for a number'],
    [{ step: 1, ...Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`n${at}`, 1])) }, '101 names'],
  ])('refuses %j with a sentence and 422', (body, sentence) => {
    expect(() => readPoints('job-1', body, now)).toThrow(
      expect.objectContaining({ statusCode: 422, message: expect.stringContaining(sentence) }),
    )
  })

  test('takes what its schema takes, and nothing else', () => {
    const { default: Ajv } = createRequire(import.meta.url)('ajv/dist/2020') as {
      default: new (o: object) => Ajv
    }
    const fits = new Ajv({ strict: false }).compile(ingestSchema.body)
    const value = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom<unknown>(null, 'NaN', '-Infinity', 'low', true, [], {}),
    )
    const point = fc.record(
      { step: fc.oneof(fc.nat(), value), loss: value, mine: value, timestamp: fc.oneof(fc.nat(), value) },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.oneof(point, fc.array(point, { maxLength: 3 }), value), (body) => {
        let taken = true
        try {
          readPoints('job-1', body, now)
        } catch {
          taken = false
        }
        expect(taken).toBe(fits(body))
      }),
      { numRuns: 500 },
    )
  })
})

interface Ajv {
  compile(schema: unknown): (data: unknown) => boolean
}

describe('parseLenientJson()', () => {
  test('looks once at each character, whatever it is given', () => {
    // With a look from each quote to the end this would take the pod minutes.
    const hostile = `{"step": 1, "loss": NaN, "s": "${'\\"'.repeat(200_000)}\\`
    expect(() => parseLenientJson(hostile)).toThrow(SyntaxError)
    expect(() => parseLenientJson(`NaN${'"'.repeat(100_001)}`)).toThrow(SyntaxError)
  })

  test('leaves what is in texts alone', () => {
    expect(parseLenientJson('{"a NaN \\" Infinity": NaN, "b": "NaN"}')).toEqual({
      'a NaN " Infinity': 'NaN',
      b: 'NaN',
    })
  })

  test('parses all that JSON.parse does to the same, and refuses the rest', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseLenientJson(text)).toEqual(JSON.parse(text))
      }),
    )
    expect(() => parseLenientJson('{"loss": NaN')).toThrow(SyntaxError)
    expect(() => parseLenientJson('{"loss": nan}')).toThrow(SyntaxError)
  })
})
