import { describe, expect, test } from 'vitest'
import { parseGpuLine, parseProcessLine } from '../../../services/telemetry/smi-lines.ts'

/** index, uuid, mig.mode.current, utilization.gpu, memory.used, memory.total, temperature.gpu, power.draw, name */
const line = (values: { mig?: string; util?: string; used?: string; total?: string; power?: string }) => {
  const { mig = '[N/A]', util = '87', used = '30211', total = '46068', power = '228.41' } = values
  return `0, GPU-ab12, ${mig}, ${util}, ${used}, ${total}, 61, ${power}, NVIDIA A40`
}

describe('parseGpuLine()', () => {
  test('reads percent, MiB, degrees and watts', () => {
    expect(parseGpuLine(line({}))).toEqual({
      ...{ index: 0, uuid: 'GPU-ab12', name: 'NVIDIA A40', utilPercent: 87, problem: undefined },
      ...{ memoryUsedMb: 30_211, memoryTotalMb: 46_068, temperatureC: 61, powerW: 228.41, isFault: false },
    })
  })

  test('keeps a use of 0 apart from none', () => {
    expect(parseGpuLine(line({ util: '0' }))).toMatchObject({ utilPercent: 0, problem: undefined })
  })

  test('reads numbers with a unit, as some versions print them in spite of nounits', () => {
    expect(parseGpuLine(line({ util: '87 %', power: '228.41 W' }))).toMatchObject({
      ...{ utilPercent: 87, powerW: 228.41 },
    })
  })

  test('says that MIG hides the use, of which the memory may be hidden as well', () => {
    const hidden = '[Insufficient Permissions]'
    expect(parseGpuLine(line({ mig: 'Enabled', util: '[N/A]', used: hidden, total: hidden }))).toMatchObject({
      ...{ utilPercent: undefined, memoryUsedMb: undefined, memoryTotalMb: undefined, isFault: false },
      problem: 'MIG is on, and nvidia-smi does not tell the use of its parts',
    })
  })

  test.each(['[N/A]', 'N/A', '[Not Supported]'])('takes %s for a card that does not tell', (util) => {
    expect(parseGpuLine(line({ util }))).toMatchObject({
      ...{ utilPercent: undefined, problem: `its use is ${util}`, isFault: false },
    })
  })

  test.each(['ERR!', '[GPU is lost]', '[Unknown Error]', '[GPU requires reset]'])(
    'takes %s for a fault of the driver, and for no number',
    (util) => {
      expect(parseGpuLine(line({ util }))).toMatchObject({
        ...{ utilPercent: undefined, problem: `the driver answers ${util}`, isFault: true },
      })
    },
  )

  test('finds no problem in a power or a memory that is not told', () => {
    expect(parseGpuLine(line({ power: '[N/A]', used: '[N/A]' }))).toMatchObject({
      ...{ utilPercent: 87, powerW: undefined, memoryUsedMb: undefined, problem: undefined },
    })
  })

  test.each([
    '',
    'No devices were found',
    'Unable to determine the device handle for GPU0000:0B:00.0: Unknown Error',
    "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.",
    'Field "mig.mode.current" is not a valid field to query.',
    '0, GPU-ab12, [N/A]',
  ])('takes %j for no answer of a GPU', (text) => {
    expect(parseGpuLine(text)).toBeUndefined()
  })
})

describe('parseProcessLine()', () => {
  test('reads a program whose name has commas', () => {
    expect(parseProcessLine('GPU-ab12, 4711, 512, /usr/bin/python3 -c print(1, 2)')).toEqual({
      ...{ gpuUuid: 'GPU-ab12', pid: 4711, memoryMb: 512, name: '/usr/bin/python3 -c print(1, 2)' },
    })
  })

  test('reads one whose memory is not told', () => {
    expect(parseProcessLine('GPU-ab12, 1, [N/A], [Not Found]')).toMatchObject({ memoryMb: undefined })
  })

  test('takes words for people for no program', () => {
    expect(parseProcessLine('No devices were found')).toBeUndefined()
  })
})
