import type { EventLevel } from '../../supervisor/service.ts'
import { notYet } from './gpu-book.ts'
import type { GpuReading } from './gpu-reading.ts'

/** What of a reading keeps the use of a GPU unknown; undefined: nothing, or it is too early to say. */
function trouble(reading: GpuReading | undefined): string | undefined {
  if (reading?.problem === notYet) return undefined
  const ofEach = (reading?.gpus ?? []).flatMap(({ index, problem }) =>
    problem === undefined ? [] : `GPU ${index}: ${problem}`,
  )
  return reading?.problem ?? (ofEach.length === 0 ? undefined : ofEach.join('; '))
}

/** Tells once when the use of a GPU gets unknown, once when it is known again, and once when GPUs are missing. */
export function gpuNotices(notice: (level: EventLevel, text: string) => void) {
  let isKnown = true
  let isComplete = true
  return (reading: GpuReading | undefined): void => {
    const text = trouble(reading)
    if (text !== undefined && isKnown) notice('warn', `The use of the GPU is unknown: ${text}`)
    if (text === undefined && !isKnown) notice('info', 'The use of the GPU is known again')
    isKnown = text === undefined
    if (reading?.missing !== undefined && isComplete) notice('warn', reading.missing)
    isComplete &&= reading?.missing === undefined
  }
}
