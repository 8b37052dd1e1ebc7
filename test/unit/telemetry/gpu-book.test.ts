import { describe, expect, test } from 'vitest'
import { GpuBook, notYet } from '../../../services/telemetry/gpu-book.ts'

const timings = { everyMs: 5000, hungMs: 5000, firstAnswerMs: 30_000, faultMs: 300_000 }
const line = (index: number, util: string) =>
  `${index}, GPU-${index}, [N/A], ${util}, 4, 46068, 31, 22.5, NVIDIA A40`
const silent = 'nvidia-smi has not answered for more than 5 s'

/** A book whose telemetry runs since 0, and whose first nvidia-smi began then. */
function runningBook(trace: string | null = 'RUNPOD_GPU_COUNT is 1'): GpuBook {
  const book = new GpuBook(trace ?? undefined, timings, 0)
  book.turned(true, 0)
  book.started(0)
  return book
}

describe('GpuBook.reading()', () => {
  test('has what every GPU said last, by index', () => {
    const book = runningBook()
    for (const [index, util] of [
      [1, '7'],
      [0, '50'],
      [0, '94'],
    ] as const)
      book.said(line(index, util), 1000)
    const reading = book.reading(2000)
    expect(reading).toMatchObject({ atMs: 1000, problem: undefined })
    expect(reading?.gpus.map(({ index, utilPercent }) => [index, utilPercent])).toEqual([
      [0, 94],
      [1, 7],
    ])
  })

  test('says at first that there is no answer yet, and after 5 s that it is late', () => {
    const book = runningBook()
    expect(book.reading(5000)).toMatchObject({ gpus: [], problem: notYet })
    expect(book.reading(5001)).toMatchObject({ gpus: [], problem: silent })
  })

  test('takes back what was said when the next answer is more than 5 s late', () => {
    const book = runningBook()
    book.said(line(0, '94'), 1000)
    expect(book.reading(11_000)?.gpus[0]).toMatchObject({ utilPercent: 94, problem: undefined })
    const late = book.reading(11_001)
    expect(late).toMatchObject({ atMs: 1000, problem: silent })
    expect(late?.gpus[0]).toMatchObject({ utilPercent: undefined, memoryUsedMb: 4, problem: silent })
  })

  test('names the exit code and what nvidia-smi said to people, until the next answer', () => {
    const book = runningBook()
    book.said(line(0, '94'), 1000)
    book.said('Unable to determine the device handle for GPU0000:0B:00.0: Unknown Error', 2000)
    book.ended(255, null)
    const problem =
      'nvidia-smi ended with exit code 255: Unable to determine the device handle for GPU0000:0B:00.0: Unknown Error'
    expect(book.reading(2001)).toMatchObject({ problem, gpus: [{ utilPercent: undefined, problem }] })
    book.started(7000)
    expect(book.reading(7001)).toMatchObject({ problem })
    book.said(line(0, '12'), 8000)
    expect(book.reading(8001)).toMatchObject({ problem: undefined, gpus: [{ utilPercent: 12 }] })
  })

  test('is undefined when nothing shows a GPU and nvidia-smi is not there or finds none', () => {
    for (const code of [127, 9, 6]) {
      const book = runningBook(null)
      expect(book.reading(0)).toBeUndefined()
      book.ended(code, null)
      expect(book.reading(10)).toBeUndefined()
      book.started(600_000)
      expect(book.reading(600_001)).toBeUndefined()
    }
  })

  test('has a GPU that nothing else shows as soon as it answers, and one whose nvidia-smi hangs', () => {
    const book = runningBook(null)
    expect(book.reading(5000)).toBeUndefined()
    expect(book.reading(5001)).toMatchObject({ gpus: [], problem: silent })
    book.said(line(0, '12'), 6000)
    expect(book.reading(6001)).toMatchObject({ gpus: [{ utilPercent: 12 }], problem: undefined })
  })

  test('says that fewer GPUs are here than were asked for, once nvidia-smi has listed them all', () => {
    const book = new GpuBook('RUNPOD_GPU_COUNT is 4', timings, 0, 4)
    book.turned(true, 0)
    book.started(0)
    for (const index of [0, 1]) book.said(line(index, '0'), 1000)
    expect(book.reading(1001)?.missing).toBeUndefined()
    for (const index of [0, 1]) book.said(line(index, '0'), 6000)
    expect(book.reading(6001)).toMatchObject({
      problem: undefined,
      missing: expect.stringContaining('RUNPOD_GPU_COUNT is 4, and nvidia-smi lists 2'),
    })
    for (const index of [2, 3]) book.said(line(index, '0'), 7000)
    expect(book.reading(7001)?.missing).toBeUndefined()
  })

  test('does not forget a GPU that answered once, although nothing else shows it', () => {
    const book = runningBook(null)
    book.said(line(0, '0'), 1000)
    book.ended(15, null)
    expect(book.reading(2000)).toMatchObject({ problem: 'nvidia-smi ended with exit code 15' })
  })

  test('says what shows the GPU when there is no nvidia-smi', () => {
    const book = runningBook('/dev/nvidia0 exists')
    book.ended(127, null)
    expect(book.reading(10)).toMatchObject({
      problem: 'nvidia-smi was not found on PATH, although /dev/nvidia0 exists',
    })
  })

  test('says that telemetry does not run, and where nothing shows a GPU that there is none', () => {
    const off = new GpuBook('RUNPOD_GPU_COUNT is 1', timings, 0)
    expect(off.reading(1)?.problem).toBe('telemetry does not run; `podctl status` says why')
    expect(new GpuBook(undefined, timings, 0).reading(1)).toBeUndefined()
  })

  test('says of a GPU that the answers leave out that it is not listed, and trusts the others', () => {
    const book = runningBook()
    for (const atMs of [0, 5000, 10_000, 15_000]) {
      if (atMs <= 0) book.said(line(1, '80'), atMs)
      book.said(line(0, '94'), atMs)
    }
    expect(book.reading(15_001)).toMatchObject({
      problem: undefined,
      gpus: [
        { index: 0, utilPercent: 94 },
        { index: 1, utilPercent: undefined, problem: 'nvidia-smi does not list it any more' },
      ],
    })
  })
})

describe('GpuBook.isHung()', () => {
  test('lets a first answer take 30 s, and later ones 5 s more than the interval', () => {
    const book = runningBook()
    expect([book.isHung(30_000), book.isHung(30_001)]).toEqual([false, true])
    book.said(line(0, '0'), 40_000)
    expect([book.isHung(50_000), book.isHung(50_001)]).toEqual([false, true])
    book.started(60_000)
    expect([book.isHung(90_000), book.isHung(90_001)]).toEqual([false, true])
  })
})

describe('GpuBook.isStale()', () => {
  test('is true when a fault lasts 5 minutes under one nvidia-smi, and false again under the next', () => {
    const book = runningBook()
    for (let atMs = 0; atMs <= 300_000; atMs += 5000) book.said(line(0, '[GPU is lost]'), atMs)
    expect([book.isStale(300_000), book.isStale(300_001)]).toEqual([false, true])
    book.started(301_000)
    expect(book.isStale(302_000)).toBe(false)
  })

  test('is false for a GPU that recovered, and for one that does not tell', () => {
    const book = runningBook()
    book.said(line(0, '[GPU is lost]'), 0)
    book.said(line(0, '0'), 5000)
    book.said(line(1, '[N/A]'), 5000)
    expect(book.isStale(1_000_000)).toBe(false)
  })
})
