import fc from 'fast-check'
import { expect, test } from 'vitest'
import { packOutputs, unpackOutputs } from '../../../services/inference/model-host/pack-outputs.ts'
import { packRows, unpackRows } from '../../../services/inference/model-host/pack-rows.ts'
import type { Output, PlaneRow, TokenRow } from '../../../services/inference/model-host/protocol.ts'

const float = fc.float({ noNaN: true, noDefaultInfinity: true })
const floats = (length: number) =>
  fc.array(float, { minLength: length, maxLength: length }).map((numbers) => Float32Array.from(numbers))

const tokenRow: fc.Arbitrary<TokenRow> = fc.record({
  kind: fc.constant('tokens'),
  tokens: fc.array(fc.nat(1_000_000), { maxLength: 40 }),
  winner: fc.nat(3),
  phase: fc.nat(3),
  side: fc.nat(1),
})
const planeRow: fc.Arbitrary<PlaneRow> = fc.record({ kind: fc.constant('planes'), planes: floats(128) })
const output: fc.Arbitrary<Output> = fc.record(
  { scores: floats(6), wdl: fc.tuple(float, float, float), value: float, movesLeft: float },
  { requiredKeys: ['scores'], noNullPrototype: true },
)

test('unpackRows() gives back what packRows() was given', () => {
  fc.assert(
    fc.property(fc.oneof(fc.array(tokenRow), fc.array(planeRow, { minLength: 1 })), (rows) => {
      expect(unpackRows(packRows(rows))).toEqual(rows)
    }),
  )
})

test('unpackOutputs() gives back what packOutputs() was given, with nothing added', () => {
  fc.assert(
    fc.property(fc.array(output, { minLength: 1 }), (outputs) => {
      expect(unpackOutputs(packOutputs(outputs))).toStrictEqual(outputs)
    }),
  )
})
