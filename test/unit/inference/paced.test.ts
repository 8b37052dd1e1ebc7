import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { paced } from '../../../services/inference/api/paced.ts'

function busy(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

test('paced() runs work in order, one after the other, and gives each its own end', async () => {
  const inTurn = paced(1000)
  const order: number[] = []
  const settled = await Promise.allSettled(
    [1, 2, 3].map((number) =>
      inTurn(() => {
        order.push(number)
        if (number === 2) throw new Error('two')
        return number
      }),
    ),
  )
  expect(order).toEqual([1, 2, 3])
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
})

test('paced() lets others run between pieces that take long', async () => {
  const inTurn = paced(5)
  let others = 0
  let done = false
  const all = Promise.all(Array.from({ length: 10 }, () => inTurn(() => busy(6)))).then(() => {
    done = true
  })
  while (!done) {
    await setImmediate()
    others += 1
  }
  await all
  expect(others).toBeGreaterThanOrEqual(9)
})
