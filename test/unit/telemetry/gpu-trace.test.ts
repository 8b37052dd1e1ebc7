import { expect, test } from 'vitest'
import { gpuTraceOf } from '../../../boot/telemetry.ts'

test.each([
  ['1', [], 'RUNPOD_GPU_COUNT is 1'],
  ['8', ['nvidia0'], 'RUNPOD_GPU_COUNT is 8'],
  [undefined, ['null', 'nvidia3', 'nvidiactl'], '/dev/nvidia3 exists'],
  ['0', ['nvidiactl'], '/dev/nvidiactl exists'],
  ['0', ['null', 'nvram'], undefined],
  ['', [], undefined],
  ['none', [], undefined],
  [undefined, [], undefined],
])('gpuTraceOf() finds for RUNPOD_GPU_COUNT=%j and /dev with %j: %j', (count, devices, trace) => {
  expect(gpuTraceOf(count, devices)).toBe(trace)
})
