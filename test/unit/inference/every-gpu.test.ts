import { expect, test } from 'vitest'
import { devicesTogether, gpuCount } from '../../../services/inference/model-host/device/every-gpu.ts'

test.each([
  [['null', 'nvidia0', 'nvidia1', 'nvidiactl', 'nvidia-uvm'], undefined, 2],
  [['nvidia3'], undefined, 1],
  [['nvidia0', 'nvidia1', 'nvidia2'], '2,0', 2],
  [['nvidia0', 'nvidia1'], '', 0],
  [['nvidia0', 'nvidia1'], '1,-1,0', 1],
  [['nvidia0'], 'GPU-8f2a,GPU-1b3c', 1],
  [['null'], '0', 0],
])('gpuCount() of %j with CUDA_VISIBLE_DEVICES %j is %i', (files, visible, count) => {
  expect(gpuCount(files, visible)).toBe(count)
})

test.each([
  ['auto', 'cpu'],
  ['cpu', 'cpu'],
  ['cuda:1', 'cuda:1'],
])('devicesTogether() for %s on %s is that device alone', (requested, runsOn) => {
  expect(devicesTogether(requested, runsOn)).toEqual([runsOn])
})

test('devicesTogether() for auto and cuda begins with the GPU in use', () => {
  expect(devicesTogether('auto', 'cuda:0')[0]).toBe('cuda:0')
  expect(devicesTogether('cuda', 'cuda:0')[0]).toBe('cuda:0')
})
