import type { Fault } from './faults.ts'

const uploads = ['put', 'put-part', 'commit'] as const

/**
 * The faults that pass: a client that waits, asks again and looks at what is there brings everything home through any
 * mixture of them, and sends no stored object again.
 */
export const passingFaults: readonly Fault[] = [
  ...[408, 500, 502, 503, 504].map((status): Fault => ({ fault: 'answer', status })),
  ...(['seconds', 'date', 'ratelimit'] as const).map(
    (retryAs): Fault => ({ fault: 'answer', status: 429, retryAfter: 0, retryAs }),
  ),
  { fault: 'answer', status: 503, early: true, on: uploads },
  { fault: 'cut' },
  { fault: 'cut', afterBytes: 1000, on: uploads },
  { fault: 'lose-answer' },
  { fault: 'slow', bytesPerSecond: 10_000_000, on: uploads },
  { fault: 'rival-commit', on: 'commit' },
  { fault: 'wrong-etag', on: 'put-part' },
  { fault: 'wrong-etag', missing: true, on: 'put-part' },
  { fault: 'object-error', on: 'batch' },
  { fault: 'restart' },
]
