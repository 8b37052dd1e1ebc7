import { readdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import { chooseDevice } from '../../../services/inference/model-host/device/choose-device.ts'
import { DeviceUnavailable, devicesFor } from '../../../services/inference/model-host/device/device.ts'
import {
  mainProvider,
  profileFolder,
  providerUse,
} from '../../../services/inference/model-host/device/profile.ts'

const cpu = { type: 'cpu' }
const cuda = (index: number) => ({ type: 'cuda', index })

describe('devicesFor()', () => {
  test.each([
    ['cpu', true, [cpu]],
    ['auto', false, [cpu]],
    ['auto', true, [cuda(0), cpu]],
    ['cuda', false, [cuda(0)]],
    ['cuda:3', true, [cuda(3)]],
  ])('%s with a GPU: %s', (requested, hasGpu, devices) => {
    expect(devicesFor(requested, hasGpu)).toEqual(devices)
  })

  test.each(['gpu', 'CUDA', 'cuda:', 'cuda:x', ''])('refuses %j by name', (requested) => {
    expect(() => devicesFor(requested, true)).toThrow(DeviceUnavailable)
    expect(() => devicesFor(requested, true)).toThrow(
      `INFERENCE_API_DEVICE is ${JSON.stringify(requested)}; use auto, cpu, cuda`,
    )
  })
})

test('chooseDevice() never turns an explicit cuda into the CPU: without CUDA it says why and what to do', async () => {
  const failure = await chooseDevice('cuda:7').catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(DeviceUnavailable)
  expect(failure).toMatchObject({
    message: expect.stringMatching(
      /^INFERENCE_API_DEVICE=cuda:7, but cuda:7 does not work here: .+ Set it to auto or cpu/,
    ),
  })
})

test('chooseDevice() takes the CPU for cpu without a word', async () => {
  expect(await chooseDevice('cpu')).toEqual({ device: cpu, warnings: [] })
})

describe('providerUse()', () => {
  const node = (provider: string, dur: number) => ({ cat: 'Node', dur, args: { provider } })
  const events = [
    { cat: 'Session', dur: 900, args: {} },
    node('CPUExecutionProvider', 5),
    node('CUDAExecutionProvider', 40),
    node('CPUExecutionProvider', 6),
  ]

  test('adds up nodes and time by provider', () => {
    const use = providerUse(events)
    expect(use).toEqual({
      CPUExecutionProvider: { nodes: 2, us: 11 },
      CUDAExecutionProvider: { nodes: 1, us: 40 },
    })
    expect(mainProvider(use)).toBe('CUDAExecutionProvider')
  })

  test.each([[null], [{}], [[null, 3, { cat: 'Node' }]]])('finds nothing in %j', (odd) => {
    expect(providerUse(odd)).toEqual({})
    expect(mainProvider({})).toBeUndefined()
  })
})

test('profileFolder() leaves nothing behind', async () => {
  let folder = ''
  {
    await using profile = await profileFolder()
    folder = dirname(profile.prefix)
    expect(await profile.use()).toEqual({})
  }
  expect(folder).not.toBe('')
  await expect(readdir(folder)).rejects.toThrow('ENOENT')
})
