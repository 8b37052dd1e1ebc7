import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { batchOf, jobsFile, parsed, savedJob } from '../../fixtures/jobs/jobs-file.ts'

const everything = { jobId: 'job-1', since: -1 }
const all = { ...everything, call: 'page', limit: 100_000 } as const

describe('jobs.sqlite', () => {
  test('keeps a job and counts its points', () => {
    const file = jobsFile()
    file.call({ call: 'save', job: savedJob() })
    file.call({
      call: 'add',
      batches: [
        batchOf([
          { step: 1, loss: 3, progress: 10 },
          { step: 2, grad_norm: 1 },
        ]),
      ],
    })
    file.call({ call: 'save', job: savedJob({ status: 'completed', exitCode: 0 }) })
    const kept = { status: 'completed', exitCode: 0, lastStep: 2, lastLoss: 3, progress: 10, totalPoints: 2 }
    expect(file.call({ call: 'find', id: 'job-1' })).toEqual({ ...savedJob(), ...kept })
    expect(file.call({ call: 'find', id: 'job-2' })).toBeUndefined()
  })

  test('lists the newest job first', () => {
    const file = jobsFile()
    for (const at of [1, 3, 2]) file.call({ call: 'save', job: savedJob({ id: `job-${at}`, createdAt: at }) })
    expect(file.call({ call: 'list', limit: 2 }).map(({ id }) => id)).toEqual(['job-3', 'job-2'])
  })

  test('is readable by its owner only', () => {
    expect((statSync(jobsFile().path).mode & 0o777).toString(8)).toBe('600')
  })

  test('fails what an earlier run left running, at the time of its last point', () => {
    const file = jobsFile()
    file.call({ call: 'save', job: savedJob() })
    file.call({ call: 'save', job: savedJob({ id: 'job-2', runId: 'run-2' }) })
    file.call({ call: 'save', job: savedJob({ id: 'job-3', status: 'completed' }) })
    file.call({ call: 'add', batches: [batchOf([{ step: 1, loss: 1 }])] })
    expect(file.call({ call: 'recover', runId: 'run-2', reason: 'the pod ended' })).toEqual(['job-1'])
    const left = { status: 'failed', reason: 'the pod ended', endedAt: 5000 }
    expect(file.call({ call: 'find', id: 'job-1' })).toMatchObject(left)
    expect(file.call({ call: 'find', id: 'job-2' })).toMatchObject({ status: 'running' })
  })

  test('lets live on what is run by hand when only podmate has ended, and ends nothing before it began', () => {
    const file = jobsFile()
    const hand = { runId: 'boot-1/run-1', startedAt: 9000 }
    file.call({ call: 'save', job: savedJob(hand) })
    file.call({ call: 'save', job: savedJob({ ...hand, id: 'job-2', source: 'trainer' }) })
    file.call({ call: 'add', batches: [batchOf([{ step: 1, loss: 1 }]), batchOf([{ step: 1 }], 'job-2')] })
    const recover = (runId: string) => file.call({ call: 'recover', runId, reason: 'the pod ended' })
    expect(recover('boot-1/run-2')).toEqual(['job-2'])
    expect(file.call({ call: 'find', id: 'job-1' })).toMatchObject({
      status: 'running',
      runId: 'boot-1/run-2',
    })
    expect(file.call({ call: 'find', id: 'job-2' })).toMatchObject({ status: 'failed', endedAt: 9000 })
    // Another start of the container: its programs are gone.
    expect(recover('boot-2/run-3')).toEqual(['job-1'])
    expect(file.call({ call: 'find', id: 'job-1' })).toMatchObject({ status: 'failed', endedAt: 9000 })
  })

  test('takes a point that comes twice once', () => {
    const file = jobsFile()
    const batch = batchOf([{ step: 1, loss: 1, mine: 2 }])
    const [first] = file.call({ call: 'add', batches: [batch] })
    expect(file.call({ call: 'add', batches: [batch] })).toEqual([{ lastId: 0, continued: [], replaced: [] }])
    expect(parsed(file.call(all))).toEqual([{ step: 1, loss: 1, mine: 2, timestamp: 5000 }])
    expect(file.call(all).lastId).toBe(first?.lastId)
  })

  test('completes a step with what comes later, and tells it again to who follows', () => {
    const file = jobsFile()
    const [added] = file.call({
      call: 'add',
      batches: [
        batchOf([
          { step: 1, loss: 1, mine: 2 },
          { step: 2, loss: 1 },
        ]),
      ],
    })
    const first = added?.lastId ?? 0
    const [later] = file.call({ call: 'add', batches: [batchOf([{ step: 1, eval_loss: 4, mine: 3 }])] })
    expect(later?.replaced).toEqual([{ row: 0, names: ['mine'] }])
    const completed = { step: 1, loss: 1, eval_loss: 4, mine: 3, timestamp: 5000 }
    expect(parsed(file.call(all))[0]).toEqual(completed)
    expect(file.call({ call: 'after', jobId: 'job-1', id: first, limit: 10 })).toEqual([
      { id: first + 1, values: completed },
    ])
  })

  describe('whose steps begin again with each epoch', () => {
    type Point = Readonly<Record<string, number>> & { readonly step: number }
    const add = (file: ReturnType<typeof jobsFile>, points: readonly Point[]) =>
      file.call({ call: 'add', batches: [batchOf(points)] })[0]
    const epochOf = (epoch: number, steps: readonly number[], more = {}): readonly Point[] =>
      steps.map((step) => ({ step, epoch, loss: epoch + step / 1000, ...more }))
    const kept = (file: ReturnType<typeof jobsFile>) =>
      parsed(file.call(all)).map(({ step, epoch, loss }) => [step, epoch, loss])

    test.each([
      ['from 0', [0, 1, 2, 3], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
      ['from 1', [1, 2, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9]],
      ['every tenth step', [0, 10, 20], [0, 10, 20, 30, 40, 50, 60, 70, 80]],
      ['one step', [0], [0, 1, 2]],
    ])('counts them on: %s', (_, steps, counted) => {
      const file = jobsFile()
      const epochs = [0, 1, 2].map((epoch) => epochOf(epoch, steps))
      for (const points of epochs) add(file, points)
      const whole = epochs.flat().map(({ epoch, loss }, at) => [counted[at], epoch, loss])
      expect(kept(file)).toEqual(whole)
      // Sent again, in any order and after a restart: nothing twice, nothing replaced.
      file.close()
      const again = jobsFile(file.path)
      for (const points of [...epochs.toReversed(), epochs.flat()])
        expect(add(again, points)).toMatchObject({ lastId: 0, replaced: [] })
      expect(kept(again)).toEqual(whole)
      add(again, epochOf(3, steps))
      expect(kept(again).at(-1)?.slice(1)).toEqual([3, 3 + (steps.at(-1) ?? 0) / 1000])
      expect(kept(again)).toHaveLength(steps.length * 4)
    })

    test('keeps every point once and in its order, however epochs log and whatever is sent again', () => {
      const steps = fc.uniqueArray(fc.nat(30), { minLength: 1, maxLength: 8 })
      const property = fc.property(
        fc.array(steps, { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat(40), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 7 }),
        fc.constantFrom(1, 0.25),
        (epochs, resends, size, scale) => {
          const file = jobsFile()
          const points = epochs.flatMap((of, epoch) =>
            of
              .toSorted((one, other) => one - other)
              .map((step) => ({ step, epoch: epoch * scale, loss: epoch * 1000 + step })),
          )
          const posts: Point[][] = []
          for (let at = 0; at < points.length; at += size) posts.push(points.slice(at, at + size))
          posts.forEach((post, at) => {
            add(file, post)
            const again = resends[at % resends.length] ?? 0
            if (again <= at) expect(add(file, posts[again] ?? [])?.lastId).toBe(0)
          })
          expect(kept(file).map(([, , loss]) => loss)).toEqual(points.map(({ loss }) => loss))
          file.close()
        },
      )
      fc.assert(property, { numRuns: 25 })
    })

    test('counts them on when the steps that were reported are others, and within one request', () => {
      const file = jobsFile()
      add(file, [...epochOf(1, [10, 20, 30]), ...epochOf(2, [5, 15, 25])])
      expect(kept(file).map(([step]) => step)).toEqual([10, 20, 30, 35, 45, 55])
    })

    test('puts numbers that say no epoch with the newest one, and finds them again', () => {
      const file = jobsFile()
      for (const epoch of [1, 2]) {
        add(file, epochOf(epoch, [1, 2, 3]))
        add(file, [{ step: 3, eval_loss: epoch }])
      }
      add(file, [{ step: 3, eval_loss: 1 }])
      expect(parsed(file.call(all)).map(({ eval_loss }) => eval_loss)).toEqual([
        ...[undefined, undefined, 1],
        ...[undefined, undefined, 2],
      ])
    })

    test('keeps several ranks in step', () => {
      const file = jobsFile()
      const other = (epoch: number, steps: readonly number[]) =>
        steps.map((step) => ({ step, epoch, 'rank1/loss': 100 * epoch + step }))
      add(file, [...epochOf(1, [1, 2]), ...other(1, [1, 2, 3]), ...epochOf(1, [3])])
      add(file, [...other(2, [1]), ...epochOf(2, [1, 2]), ...other(2, [2])])
      expect(parsed(file.call(all)).map((point) => [point.step, point.loss, point['rank1/loss']])).toEqual([
        ...[1, 2, 3].map((step) => [step, 1 + step / 1000, 100 + step]),
        ...[1, 2].map((step) => [step + 3, 2 + step / 1000, 200 + step]),
      ])
    })
  })

  test('does not take for a new epoch what is none', () => {
    const file = jobsFile()
    const add = (points: Parameters<typeof batchOf>[0]) =>
      file.call({ call: 'add', batches: [batchOf(points)] })[0]
    const training = Array.from({ length: 20 }, (_, at) => ({ step: at + 1, epoch: (at + 1) / 10, loss: at }))
    add(training)
    // An evaluation that counts epochs as its steps; the end of an epoch; a clock that went on.
    add([{ step: 1, epoch: 2, eval_loss: 1 }])
    add([{ step: 20, epoch: 3, elapsed_seconds: 5, progress: 50 }])
    add([{ step: 20, epoch: 3, elapsed_seconds: 6, progress: 51 }])
    expect(parsed(file.call(all)).map(({ step }) => step)).toEqual(training.map(({ step }) => step))
    // A training that goes on from a checkpoint: what was done again counts.
    const redone = training.slice(14).map((point) => ({ ...point, loss: point.loss + 0.5 }))
    expect(add(redone)).toMatchObject({
      continued: [],
      replaced: redone.map((_, row) => ({ row, names: ['loss'] })),
    })
    expect(parsed(file.call(all))).toHaveLength(20)
  })

  test('keeps that a number was not finite, until there is one', () => {
    const file = jobsFile()
    const lost = { step: 1, loss: Number.POSITIVE_INFINITY, mine: Number.POSITIVE_INFINITY }
    file.call({ call: 'add', batches: [batchOf([lost])] })
    expect(parsed(file.call(all))).toEqual([{ step: 1, loss: null, mine: null, timestamp: 5000 }])
    file.call({ call: 'add', batches: [batchOf([{ step: 1, loss: 2 }])] })
    expect(parsed(file.call(all))).toEqual([{ step: 1, loss: 2, mine: null, timestamp: 5000 }])
  })

  test('pages by step, after a step, with the numbers that are wanted', () => {
    const file = jobsFile()
    const points = [5, 1, 3, 2, 4].map((step) => ({ step, loss: step, grad_norm: 1, mine: 2 }))
    for (const point of points) file.call({ call: 'add', batches: [batchOf([point])] })
    const page = file.call({ ...all, since: 1, keys: ['loss', 'mine'], limit: 2 })
    expect(parsed(page)).toEqual([2, 3].map((step) => ({ step, loss: step, mine: 2, timestamp: 5000 })))
    expect(page.lastStep).toBe(3)
  })

  test('takes all batches of a call or none', () => {
    const file = jobsFile()
    const bad = { ...batchOf([{ step: 1, loss: 1 }]), jobId: null as unknown as string }
    expect(() => file.call({ call: 'add', batches: [batchOf([{ step: 1, loss: 1 }]), bad] })).toThrow(
      'NOT NULL',
    )
    expect(file.call(all).count).toBe(0)
    file.call({ call: 'add', batches: [batchOf([{ step: 1, loss: 1 }])] })
    expect(file.call(all).count).toBe(1)
  })

  test('remembers how far each address has been sent', () => {
    const file = jobsFile()
    const [one, other] = ['https://one.example/jobs', 'https://other.example/jobs']
    expect(file.call({ call: 'cursor', jobId: 'job-1', url: one })).toBe(0)
    for (const id of [3, 7]) file.call({ call: 'save-cursor', jobId: 'job-1', url: one, id })
    file.close()
    const again = jobsFile(file.path)
    expect(again.call({ call: 'cursor', jobId: 'job-1', url: one })).toBe(7)
    expect(again.call({ call: 'cursor', jobId: 'job-1', url: other })).toBe(0)
  })

  test('that is damaged is kept aside under another name, and a new one begun', () => {
    const file = jobsFile()
    file.call({ call: 'save', job: savedJob() })
    file.close()
    const bytes = readFileSync(file.path)
    writeFileSync(file.path, Buffer.concat([Buffer.from('not a database'), bytes.subarray(14)]))
    const again = jobsFile(file.path)
    expect(again.said.join()).toMatch(
      /jobs\.sqlite is damaged .* it is kept as .*damaged-.*and a new one is begun/,
    )
    expect(again.call({ call: 'list', limit: 10 })).toEqual([])
    const aside = readdirSync(dirname(file.path)).filter((name) => name.includes('.damaged-'))
    expect(aside).toHaveLength(1)
  })

  test('whose pages are torn is found damaged at the start', () => {
    const file = jobsFile()
    file.call({
      call: 'add',
      batches: [batchOf(Array.from({ length: 2000 }, (_, step) => ({ step, loss: 1 })))],
    })
    file.close()
    const bytes = readFileSync(file.path)
    writeFileSync(file.path, bytes.fill(7, 8192, 60_000))
    expect(jobsFile(file.path).said).toHaveLength(1)
  })

  test('of a newer podmate is left alone', () => {
    const file = jobsFile()
    file.call({ call: 'save', job: savedJob() })
    file.close()
    const bytes = readFileSync(file.path)
    bytes.writeUInt32BE(99, 60) // user_version in SQLite's header
    writeFileSync(file.path, bytes)
    expect(() => jobsFile(file.path)).toThrow(/written by a newer podmate \(version 99\)/)
    expect(readFileSync(file.path).equals(bytes)).toBe(true)
  })
})

describe('a sample', () => {
  const curves = fc.array(
    fc.record({
      step: fc.nat(3000),
      loss: fc.double({ noNaN: true, noDefaultInfinity: true }),
      mine: fc.integer({ min: -5, max: 5 }),
    }),
    { minLength: 1, maxLength: 400 },
  )

  test('is of real points, no more than asked for, with ends and extremes of each number, however they came', () => {
    fc.assert(
      fc.property(
        curves,
        fc.integer({ min: 8, max: 60 }),
        fc.integer({ min: -1, max: 1500 }),
        fc.integer({ min: 1500, max: 3500 }),
        fc.constantFrom(1, 40_000),
        (curve, most, from, to, stride) => {
          const points = curve.map((point) => ({ ...point, step: point.step * stride }))
          const [since, until] = [from * stride, to * stride]
          const file = jobsFile()
          for (let at = 0; at < points.length; at += 37)
            file.call({ call: 'add', batches: [batchOf(points.slice(at, at + 37))] })
          const full = parsed(file.call({ ...all, since, until }))
          const sample = parsed(file.call({ ...everything, since, until, call: 'sample', points: most }))
          file.close()
          expect(sample.length).toBeLessThanOrEqual(most)
          const kept = new Map(full.map((point) => [point.step, point]))
          for (const point of sample) expect(point).toEqual(kept.get(point.step ?? -1))
          expect(sample.map(({ step }) => step)).toEqual(
            sample.map(({ step }) => step).sort((a, b) => Number(a) - Number(b)),
          )
          for (const key of ['loss', 'mine', 'step']) {
            const of = (list: typeof full) => list.map((point) => Number(point[key]))
            expect(Math.min(...of(sample))).toBe(Math.min(...of(full)))
            expect(Math.max(...of(sample))).toBe(Math.max(...of(full)))
          }
        },
      ),
      { numRuns: 40 },
    )
  }, 180_000)

  test.each([
    ['a curve that falls', (step: number) => ({ step, loss: 1000 - step })],
    ['several numbers', (step: number) => ({ step, loss: step % 7, mine: -step, other: step })],
    ['numbers that come seldom', (step: number) => (step === 500 ? { step, loss: 1 } : { step, mine: 1 })],
  ])('is of as many points as are asked for, where there are so many: %s', (_, pointOf) => {
    const file = jobsFile()
    file.call({ call: 'add', batches: [batchOf(Array.from({ length: 1000 }, (_, step) => pointOf(step)))] })
    for (const points of [2, 3, 5, 8, 50, 333])
      expect(file.call({ ...everything, call: 'sample', points }).count).toBe(points)
  })

  test('knows what came late, and what came twice, within one request', () => {
    const file = jobsFile()
    const points = Array.from({ length: 2000 }, (_, step) => ({ step, loss: 1 }))
    const late = points.splice(777, 1).map((point) => ({ ...point, loss: -9 }))
    file.call({ call: 'add', batches: [batchOf([...points, { step: 1500, loss: 9 }, ...late])] })
    const sample = parsed(file.call({ ...everything, call: 'sample', points: 40, keys: ['loss'] }))
    expect(sample.filter(({ loss }) => loss !== 1).map(({ step }) => step)).toEqual([777, 1500])
  })

  test('of a long curve keeps a spike of one step', () => {
    const file = jobsFile()
    const points = Array.from({ length: 50_000 }, (_, step) => ({ step, loss: 5 / (1 + step / 1000) }))
    points[31_415] = { step: 31_415, loss: 99 }
    file.call({ call: 'add', batches: [batchOf(points)] })
    const sample = file.call({ ...everything, call: 'sample', points: 100, keys: ['loss'] })
    expect(sample.count).toBeGreaterThan(50)
    expect(parsed(sample).find(({ step }) => step === 31_415)?.loss).toBe(99)
    // What was overwritten is no extreme any more.
    file.call({ call: 'add', batches: [batchOf([{ step: 31_415, loss: 1 }])] })
    const later = parsed(file.call({ ...everything, call: 'sample', points: 100, keys: ['loss'] }))
    expect(Math.max(...later.map(({ loss }) => Number(loss)))).toBe(5)
  })
})
