import { expect, test } from 'vitest'
import { GpuBook } from '../../../services/telemetry/gpu-book.ts'
import { LoneTool } from '../../../services/telemetry/lone-tool.ts'
import type { StartTool, ToolEnd } from '../../../services/telemetry/tool-process.ts'
import { watchGpus } from '../../../services/telemetry/watch-gpus.ts'
import { ProcessesLeft } from '../../../supervisor/ending.ts'
import { monotonicMs } from '../../../supervisor/time.ts'

const timings = {
  ...{ everyMs: 10, hungMs: 10, firstAnswerMs: 20, faultMs: 1000 },
  ...{ retryMs: 1, maxRetryMs: 4, processesEveryMs: 1000 },
}
const line = '0, GPU-0, [N/A], 94, 4, 46068, 31, 22.5, NVIDIA A40'

/** Programs that say nothing and that no signal ends: processes in an uninterruptible sleep. */
function unkillable() {
  const ends: ((end: ToolEnd) => void)[] = []
  const says: ((line: string) => void)[] = []
  const start: StartTool = async (_tool, onLine) => {
    const { promise, resolve } = Promise.withResolvers<ToolEnd>()
    ends.push(resolve)
    says.push(onLine)
    return { pid: 4000 + ends.length, ended: promise, end: async () => {}, letGo() {} }
  }
  return { start, ends, says }
}

test('watchGpus() starts no second nvidia-smi beside one that cannot be killed, not even after a restart', async () => {
  const { start, ends, says } = unkillable()
  const book = new GpuBook('RUNPOD_GPU_COUNT is 1', timings, monotonicMs())
  const watch = { book, timings, env: {}, loop: new LoneTool(start), query: new LoneTool(start) }
  const first = new AbortController()
  book.turned(true, monotonicMs())
  const firstRun = watchGpus(watch, first.signal)
  const problem = () => book.reading(monotonicMs())?.problem
  await expect
    .poll(problem, { timeout: 60_000 })
    .toBe('nvidia-smi hangs in the driver and cannot be killed (pid 4001): the machine has to be restarted')
  first.abort()
  await expect(firstRun).rejects.toThrow(ProcessesLeft)

  const second = new AbortController()
  const secondRun = watchGpus(watch, second.signal)
  await expect.poll(problem).toContain('cannot be killed')
  expect(ends).toHaveLength(1)
  ends[0]?.({ code: null, signal: 'SIGKILL' })
  await expect.poll(() => ends.length, { timeout: 60_000 }).toBe(2)
  says[1]?.(line)
  expect(book.reading(monotonicMs())).toMatchObject({ problem: undefined, gpus: [{ utilPercent: 94 }] })
  ends[1]?.({ code: 0, signal: null })
  second.abort()
  await secondRun
})
