import { expect, test } from 'vitest'
import { batchOf } from '../../../services/inference/hosts/batch-of.ts'
import type { Row } from '../../../services/inference/model-host/protocol.ts'

const asked = (length: number, alone = false) => {
  const row: Row = { kind: 'tokens', tokens: new Array(length).fill(1), winner: 0, phase: 0, side: 0 }
  return { row, alone }
}

test('batchOf() takes the oldest, at most 16', () => {
  const waiting = Array.from({ length: 40 }, () => asked(20))
  expect(batchOf(waiting)).toEqual(waiting.slice(0, 16))
  expect(batchOf(waiting.slice(0, 3))).toHaveLength(3)
  expect(batchOf([])).toEqual([])
})

test('batchOf() takes few where they are long, and a long one in any case', () => {
  const waiting = Array.from({ length: 16 }, () => asked(1024))
  expect(batchOf(waiting)).toHaveLength(4)
  expect(batchOf([asked(5000), asked(1)])).toHaveLength(1)
})

test('batchOf() gives no company to a question that has to be asked alone', () => {
  const [first, alone, last] = [asked(1), asked(2, true), asked(3)]
  expect(batchOf([first, alone, last])).toEqual([first])
  expect(batchOf([alone, last])).toEqual([alone])
})
