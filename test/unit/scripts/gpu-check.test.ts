import { describe, expect, test } from 'vitest'
import { parityOf, parityRows } from '../../../scripts/gpu-check/parity.ts'
import { noGpu, type Row, reportLines, verdictOf } from '../../../scripts/gpu-check/row.ts'
import { type TorchFacts, torchRow, trainings, whyNotTried } from '../../../scripts/gpu-check/training.ts'

const row = (state: Row['state'], fact = '', more: Partial<Row> = {}): Row => ({
  ...{ name: 'a check', state, fact },
  ...more,
})

test('verdictOf() is 0 when nothing failed, 1 when something did, 3 without a GPU', () => {
  const untried = row('not tried', 'one GPU here, 2 are needed')
  expect(verdictOf([row('holds'), untried])).toEqual({
    code: 0,
    text: 'Nothing failed: 1 hold, 0 failed, 1 not tried. Please send the table back.',
  })
  expect(verdictOf([row('holds'), row('FAILED'), untried])).toMatchObject({ code: 1 })
  expect(verdictOf([row('not tried', noGpu), row('not tried', noGpu)])).toMatchObject({
    code: 3,
    text: expect.stringMatching(/^NO GPU HERE/),
  })
})

test('reportLines() has a line for each check, and below it what failed programs said', () => {
  const rows = [
    row('holds', '2 steps'),
    row('FAILED', 'exit 1: no', { name: 'another', lines: ['why', 'no'] }),
  ]
  expect(reportLines('podmate', rows)).toEqual([
    'podmate',
    '',
    'a check  holds   2 steps',
    'another  FAILED  exit 1: no',
    '',
    'another ended with:',
    '  why',
    '  no',
    '',
    'FAILED: 1 hold, 1 failed, 0 not tried. Please send all of this back.',
  ])
})

describe('parityOf()', () => {
  const scores = (...numbers: readonly number[]) => [{ scores: Float32Array.from(numbers) }]

  test('gives the largest difference, its share, and how often the first choice is the same', () => {
    const left = [...scores(1, -4, 2), ...scores(1, 2, 3)]
    const right = [...scores(1, -4, 2.5), ...scores(3, 2, 2.5)]
    expect(parityOf(left, right)).toEqual({ rows: 2, difference: 2, share: 0.5, sameFirst: 1 })
    expect(parityOf(left, left)).toMatchObject({ difference: 0, share: 0, sameFirst: 2 })
  })

  test.for([
    ['numbers that are not finite', scores(1, Number.NaN)],
    ['fewer scores', scores(1)],
    ['fewer rows', []],
  ] as const)('counts %s as infinitely far', ([, right]) => {
    expect(parityOf(scores(1, 2), right)).toMatchObject({ share: Number.POSITIVE_INFINITY })
  })
})

test('parityRows() asks games of every length with tokens that the model knows', () => {
  const tokens = Array.from({ length: 50 }, (_none, at) => `move ${at}`)
  const rows = parityRows({ family: 'next_move_lstm', tokens, unknownId: 1, parameters: 1 })
  const games = rows.flatMap((one) => (one.kind === 'tokens' ? [one.tokens] : []))
  expect(new Set(games.map(({ length }) => length))).toEqual(
    new Set(Array.from({ length: 58 }, (_none, at) => at + 1)),
  )
  expect(games.flat().every((token) => token >= 0 && token < tokens.length)).toBe(true)
})

describe('what Python says', () => {
  const packages = {
    torch: '2.9.1',
    transformers: '5',
    peft: '0.18',
    accelerate: '1',
    bitsandbytes: null,
    deepspeed: null,
  }
  const facts: TorchFacts = { packages, cuda: '12.8', gpus: ['A40 (8.6)'], bf16: true, built_for: ['sm_86'] }

  test.for([
    [facts, 'holds', 'CUDA 12.8, A40 (8.6), torch 2.9.1'],
    [{ ...facts, gpus: [] }, 'FAILED', 'PyTorch sees no GPU'],
    [{ ...facts, packages: { ...packages, torch: null } }, 'not tried', 'PyTorch is not installed'],
    ['python3 cannot be asked: no', 'not tried', 'cannot be asked'],
  ] as const)('torchRow() of %j', ([told, state, fact]) => {
    expect(torchRow('PyTorch', told)).toMatchObject({ state, fact: expect.stringContaining(fact) })
  })

  test('whyNotTried() names the GPUs and the packages that a training lacks', () => {
    const reasons = (told: TorchFacts) => trainings.map((training) => whyNotTried(training, told, 'python3'))
    const bits = "missing: python3 -m pip install 'bitsandbytes>="
    const two = 'one GPU here, 2 are needed'
    expect(reasons(facts)).toEqual([
      undefined,
      ...[expect.stringContaining(bits), expect.stringContaining(bits)],
      ...[two, two, two],
    ])
    const all = {
      ...facts,
      gpus: ['A40 (8.6)', 'A40 (8.6)'],
      packages: { ...packages, bitsandbytes: '1', deepspeed: '1' },
    }
    expect(reasons(all)).toEqual(trainings.map(() => undefined))
  })
})
