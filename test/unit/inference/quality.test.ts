import { expect, test } from 'vitest'
import { qualityIn } from '../../../services/inference/model-host/files/quality.ts'
import { StorageRef, TensorRef } from '../../../services/inference/model-host/pickle/pickle-value.ts'

const metrics = { val_top1: 0.25, val_loss: 2.5 }

test.each([
  ['metrics', { metrics }],
  ['runtime.metrics', { runtime: { metrics } }],
  ['the top', metrics],
  ['a pickle', new Map([['metrics', new Map(Object.entries(metrics))]])],
  ['other names', { top1: 0.25, best_val_loss: 2.5 }],
  ['metrics before the top', { metrics, val_top1: 0.9, val_loss: 9 }],
])('qualityIn() finds what a record says of its model: %s', async (_name, record) => {
  expect(await qualityIn(record)).toEqual({ quality: { top1: 0.25, val_loss: 2.5 } })
})

test('qualityIn() gives what is there, and nothing that is no share or loss', async () => {
  expect(await qualityIn({ val_loss: 2.5 })).toEqual({ quality: { val_loss: 2.5 } })
  for (const record of [
    undefined,
    null,
    7,
    [],
    {},
    { metrics: 3 },
    { val_top1: 15.8, val_loss: Number.NaN },
    { val_loss: '2.5' },
  ])
    expect(await qualityIn(record)).toEqual({})
})

test('qualityIn() reads a tensor of one number, and no larger one', async () => {
  const ref = (shape: readonly number[], count: number) =>
    new TensorRef(new StorageRef('0', count, 'float32'), {
      dtype: 'float32',
      offset: 1,
      shape,
      strides: shape,
    })
  const storage = async ({ count }: StorageRef) => new Float32Array(count).fill(2.5)
  expect(await qualityIn(new Map([['val_loss', ref([], 2)]]), storage)).toEqual({
    quality: { val_loss: 2.5 },
  })
  expect(await qualityIn(new Map([['val_loss', ref([2], 3)]]), storage)).toEqual({})
  expect(await qualityIn(new Map([['val_loss', ref([], 2 ** 30)]]), storage)).toEqual({})
})
