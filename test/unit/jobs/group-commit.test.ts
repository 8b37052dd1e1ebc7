import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { groupCommit } from '../../../services/jobs/group-commit.ts'
import type { AddedPoints, PointBatch } from '../../../services/jobs/job-store.ts'
import { joinBatches } from '../../../services/jobs/join-batches.ts'
import { batchOf } from '../../fixtures/jobs/jobs-file.ts'

const one = (step: number, jobId = 'job-1') => batchOf([{ step, loss: step }], jobId)
const stepsOf = (batches: readonly PointBatch[]) => batches.map(({ steps }) => [...steps])

const nothing: AddedPoints = { continued: [], replaced: [] }

describe('groupCommit()', () => {
  test('tells each post what became of its own points', async () => {
    const add = groupCommit(async () => [{ continued: [[1, 11]], replaced: [{ row: 2, names: ['loss'] }] }])
    const posts = [batchOf([1, 2].map((step) => ({ step, loss: step }))), one(3)]
    expect(await Promise.all(posts.map(add))).toEqual([
      { continued: [[1, 11]], replaced: [] },
      { continued: [], replaced: [{ row: 0, names: ['loss'] }] },
    ])
  })

  test('writes with one commit all that came while the one before it ran', async () => {
    const commits: { batches: readonly PointBatch[]; done: () => void }[] = []
    const add = groupCommit(
      (batches) =>
        new Promise<readonly AddedPoints[]>((resolve) =>
          commits.push({ batches, done: () => resolve(batches.map(() => nothing)) }),
        ),
    )
    const first = add(one(1))
    await expect.poll(() => commits.length).toBe(1)
    const rest = Promise.all([add(one(2)), add(one(3)), add(one(4, 'job-2'))])
    commits[0]?.done()
    await first
    await expect.poll(() => commits.length).toBe(2)
    expect(stepsOf(commits[1]?.batches ?? [])).toEqual([[2, 3], [4]])
    commits[1]?.done()
    await rest
  })

  test('rejects all of a commit that failed, and goes on', async () => {
    let fails = true
    const add = groupCommit(async () => {
      if (fails) throw new Error('the disk is full')
      return [nothing]
    })
    const both = await Promise.allSettled([add(one(1)), add(one(2))])
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    fails = false
    await expect(add(one(3))).resolves.toEqual(nothing)
  })

  test('refuses with 503 what would wait without bounds', async () => {
    const add = groupCommit(() => new Promise(() => {}))
    const many = batchOf(Array.from({ length: 20_000 }, (_, step) => ({ step, loss: 1 })))
    for (let at = 0; at < 20; at += 1) void add(many)
    await expect(add(one(1))).rejects.toMatchObject({ statusCode: 503, retryAfterSeconds: 1 })
  })
})

describe('joinBatches()', () => {
  test('keeps every point of each job, in its order', () => {
    const point = fc.record({
      job: fc.constantFrom('a', 'b'),
      step: fc.nat(9),
      name: fc.constantFrom('loss', 'mine'),
    })
    fc.assert(
      fc.property(fc.array(point), (points) => {
        const batches = points.map(({ job, step, name }, at) => batchOf([{ step, [name]: at }], job))
        for (const job of ['a', 'b']) {
          const listed = (list: readonly PointBatch[]) =>
            list
              .filter(({ jobId }) => jobId === job)
              .flatMap(({ steps, names, values }) =>
                [...steps].map((step, at) => [step, names[0], values[at]]),
              )
          expect(listed(joinBatches(batches).map(({ batch }) => batch))).toEqual(listed(batches))
        }
      }),
    )
  })
})
