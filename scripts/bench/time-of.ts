import { median } from '../accept/median.ts'

/** Milliseconds that a job takes: the median of `runs`, after one that is not counted. */
export async function timeOf(job: () => unknown, runs = 15): Promise<number> {
  await job()
  const times: number[] = []
  for (let run = 0; run < runs; run += 1) {
    const startMs = performance.now()
    await job()
    times.push(performance.now() - startMs)
  }
  return median(times)
}

export function milliseconds(ms: number): string {
  return `${ms.toFixed(ms < 10 ? 2 : 0)} ms`
}
