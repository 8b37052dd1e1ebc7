import { expect, test } from 'vitest'
import { GpuTrust } from '../../../services/inference/hosts/gpu-trust.ts'

const minute = 60_000

test('GpuTrust doubts a GPU for a while when it fails twice within it, and says so', () => {
  const trust = new GpuTrust(10 * minute)
  trust.failed(0)
  expect(trust.device('auto', 1)).toBe('auto')
  trust.failed(minute)
  expect(trust.device('auto', 2 * minute)).toBe('cpu')
  expect(trust.warning(2 * minute)).toContain('the GPU is tried again in 9 min')
  expect(trust.device('auto', 11 * minute)).toBe('auto')
  expect(trust.warning(11 * minute)).toBeUndefined()
})

test('GpuTrust forgives failures that lie far apart', () => {
  const trust = new GpuTrust(10 * minute)
  trust.failed(0)
  trust.failed(11 * minute)
  expect(trust.device('auto', 11 * minute)).toBe('auto')
})

test('GpuTrust never makes the CPU of an explicit cuda', () => {
  const trust = new GpuTrust(10 * minute)
  for (const at of [0, 1, 2, 3]) trust.failed(at)
  expect(trust.device('cuda', 4)).toBe('cuda')
  expect(trust.device('cuda:1', 4)).toBe('cuda:1')
})
