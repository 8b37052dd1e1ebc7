import type { GpuProcess, GpuState } from './gpu-reading.ts'

const format = '--format=csv,noheader,nounits'
const gpuFields = [
  ...['index', 'uuid', 'mig.mode.current', 'utilization.gpu', 'memory.used', 'memory.total'],
  ...['temperature.gpu', 'power.draw', 'name'],
]

/** What asks nvidia-smi for a line per GPU, again and again. */
export function gpuQuery(everyMs: number): readonly string[] {
  return [`--query-gpu=${gpuFields.join(',')}`, format, `--loop-ms=${everyMs}`]
}

/** What asks it once for a line per program on a GPU. */
export const processQuery: readonly string[] = [
  '--query-compute-apps=gpu_uuid,pid,used_gpu_memory,process_name',
  format,
]

export interface GpuLine extends GpuState {
  /** The driver failed at this GPU (lost, unknown error); a GPU that merely does not tell is not at fault. */
  readonly isFault: boolean
}

/**
 * A line that answers `gpuQuery`: in %, MiB, °C and W. undefined: it is no such line, so it is something that nvidia-smi
 * says to people.
 */
export function parseGpuLine(line: string): GpuLine | undefined {
  const [index, uuid, mig, util, used, total, temperature, power, ...name] = line.split(/, */)
  if (index === undefined || !/^\d+$/.test(index) || power === undefined || name.length === 0)
    return undefined
  const utilPercent = number(util)
  return {
    index: Number(index),
    uuid: uuid ?? '',
    name: name.join(', ').trim(),
    utilPercent,
    memoryUsedMb: number(used),
    memoryTotalMb: number(total),
    temperatureC: number(temperature),
    powerW: number(power),
    problem: utilPercent === undefined ? utilProblem(util ?? '', mig === 'Enabled') : undefined,
    isFault: utilPercent === undefined && !doesNotTell.test(util ?? ''),
  }
}

/** A line that answers `processQuery`. */
export function parseProcessLine(line: string): GpuProcess | undefined {
  const [gpuUuid, pid, used, ...name] = line.split(/, */)
  if (gpuUuid === undefined || pid === undefined || !/^\d+$/.test(pid) || name.length === 0) return undefined
  return { gpuUuid, pid: Number(pid), memoryMb: number(used), name: name.join(', ').trim() }
}

/** The values of a driver that works but has no answer, or none for us. */
const doesNotTell =
  /^\[?(N\/A|Not Supported|Insufficient Permissions|Not Found|Not Available|Deprecated)\]?$/i

function utilProblem(value: string, isMig: boolean): string {
  if (!doesNotTell.test(value)) return `the driver answers ${value || 'nothing'}`
  return isMig ? 'MIG is on, and nvidia-smi does not tell the use of its parts' : `its use is ${value}`
}

/** The number that begins the value, if one does: some versions print a unit all the same. */
function number(value: string | undefined): number | undefined {
  const [digits] = /^\d+(\.\d+)?(?=$| )/.exec(value?.trim() ?? '') ?? []
  return digits === undefined ? undefined : Number(digits)
}
