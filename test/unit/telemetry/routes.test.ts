import fastify, { type FastifyInstance } from 'fastify'
import { Registry } from 'prom-client'
import { afterEach, describe, expect, test } from 'vitest'
import { sharedSchemas } from '../../../services/http/shared-schemas.ts'
import type { GpuReading } from '../../../services/telemetry/gpu-reading.ts'
import type { HostSample } from '../../../services/telemetry/host-sample.ts'
import { SampleRing } from '../../../services/telemetry/sample-ring.ts'
import { statusDetails } from '../../../services/telemetry/status-details.ts'
import { addTelemetryMetrics } from '../../../services/telemetry/telemetry-registry.ts'
import { telemetryRoutes } from '../../../services/telemetry/telemetry-routes.ts'
import { sampleOf } from '../../../services/telemetry/telemetry-samples.ts'

const apps: FastifyInstance[] = []
afterEach(async () => void (await Promise.all(apps.splice(0).map((app) => app.close()))))

const known = { memoryUsedMb: 30_211, memoryTotalMb: 46_068, temperatureC: 61, powerW: 228.41 }
const gpu: GpuReading = {
  atMs: 5,
  gpus: [
    { ...known, index: 0, uuid: 'GPU-0', name: 'NVIDIA A40', utilPercent: 94, problem: undefined },
    { ...known, index: 1, uuid: 'GPU-1', name: 'NVIDIA A40', utilPercent: undefined, problem: 'MIG is on' },
  ],
  processes: [{ gpuUuid: 'GPU-1', pid: 7, memoryMb: undefined, name: '/usr/bin/python3' }],
  ...{ problem: undefined, missing: undefined },
}
const host: HostSample = {
  ...{ atMs: 5, cpuPercent: 12.345, cores: 7.5 },
  ...{ memoryUsedBytes: 2 ** 30, memoryTotalBytes: 2 ** 34 },
  disks: [{ mount: '/workspace', usedBytes: 2.5 * 2 ** 30, totalBytes: 20 * 2 ** 30 }],
  ...{ diskProblem: undefined, receivedBytesPerSecond: 1000.4, sentBytesPerSecond: undefined },
}

async function appWith(ring: SampleRing): Promise<FastifyInstance> {
  const app = fastify({ ajv: { customOptions: { coerceTypes: false, removeAdditional: false } } })
  apps.push(app)
  for (const schema of sharedSchemas) app.addSchema(schema)
  await app.register(telemetryRoutes(ring))
  return app
}

describe('telemetryRoutes()', () => {
  test('shows samples with null for what was unknown, GPUs by index', async () => {
    const ring = new SampleRing(4)
    ring.push(1000, sampleOf(undefined, { ...host, cpuPercent: undefined }))
    ring.push(2000, sampleOf(gpu, host))
    const empty = { util_percent: null, memory_used_mb: null }
    expect((await (await appWith(ring)).inject('/telemetry')).json()).toEqual({
      samples: [
        { at: 1000, gpus: [empty, empty], cpu_percent: null, memory_used_mb: 1024, rx: 1000, tx: null },
        {
          at: 2000,
          gpus: [
            { util_percent: 94, memory_used_mb: 30_211 },
            { util_percent: null, memory_used_mb: 30_211 },
          ],
          ...{ cpu_percent: 12.3, memory_used_mb: 1024, rx: 1000, tx: null },
        },
      ],
    })
  })

  test('takes `since` and `points`', async () => {
    const ring = new SampleRing(9)
    for (const at of [1, 2, 3, 4, 5]) ring.push(at, { cpu: at })
    const answer = await (await appWith(ring)).inject('/telemetry?since=1&points=2')
    expect(answer.json().samples).toMatchObject([
      { at: 3, cpu_percent: 2.5 },
      { at: 5, cpu_percent: 4.5 },
    ])
  })

  test.each(['points=0', 'points=2001', 'points=x', 'since=-1', 'since=1e3', 'until=5'])(
    'refuses %s',
    async (query) => {
      const answer = await (await appWith(new SampleRing(2))).inject(`/telemetry?${query}`)
      expect(answer.statusCode).toBe(400)
    },
  )
})

describe('statusDetails()', () => {
  test('has each GPU with its programs, and null for what is unknown', () => {
    expect(statusDetails(gpu, host)).toMatchObject({
      gpus: [
        { index: 0, name: 'NVIDIA A40', util_percent: 94, power_w: 228.41, problem: null, processes: [] },
        { util_percent: null, problem: 'MIG is on', processes: [{ pid: 7, memory_used_mb: null }] },
      ],
      gpu_problem: null,
      host: {
        ...{ cpu_percent: 12.3, cores: 7.5, memory_used_mb: 1024, memory_total_mb: 16_384 },
        disks: [{ mount: '/workspace', used_gb: 2.5, total_gb: 20 }],
        network: { rx_bytes_per_s: 1000, tx_bytes_per_s: null },
      },
    })
  })

  test('says nothing of GPUs where there are none', () => {
    expect(statusDetails(undefined, undefined)).toEqual({ gpus: [], gpu_problem: null, host: null })
  })

  test('stays within 16 KB with 64 GPUs, long names and many programs', () => {
    const gpus = Array.from({ length: 64 }, (_, index) => ({
      ...known,
      ...{ index, uuid: `GPU-${index}`, name: 'n'.repeat(500), utilPercent: undefined },
      problem: 'p'.repeat(500),
    }))
    const processes = Array.from({ length: 500 }, (_, pid) => ({
      ...{ gpuUuid: `GPU-${pid % 64}`, pid, memoryMb: 5, name: 'x'.repeat(4000) },
    }))
    const disks = Array.from({ length: 50 }, () => ({ mount: '/m', usedBytes: 1, totalBytes: 2 }))
    const details = statusDetails({ ...gpu, gpus, processes }, { ...host, disks })
    expect(Buffer.byteLength(JSON.stringify(details))).toBeLessThan(16 * 1024)
  })
})

describe('addTelemetryMetrics()', () => {
  test('shows what is known and leaves out the rest', async () => {
    const registry = new Registry()
    addTelemetryMetrics(registry, { gpu: () => gpu, host: () => host })
    const text = await registry.metrics()
    for (const line of [
      'podmate_gpu_utilization_ratio{gpu="0"} 0.94',
      `podmate_gpu_memory_total_bytes{gpu="1"} ${46_068 * 2 ** 20}`,
      'podmate_gpu_known 1',
      'podmate_cpu_cores 7.5',
      `podmate_disk_used_bytes{mount="/workspace"} ${2.5 * 2 ** 30}`,
    ])
      expect(text.split('\n')).toContain(line)
    expect(text).not.toContain('podmate_gpu_utilization_ratio{gpu="1"}')
    expect(text).not.toMatch(/^podmate_network_transmit_bytes_per_second /m)
  })

  test('has no GPU and no machine before anything was seen', async () => {
    const registry = new Registry()
    addTelemetryMetrics(registry, { gpu: () => undefined, host: () => undefined })
    expect((await registry.metrics()).split('\n').filter((line) => /^podmate/.test(line))).toEqual([])
  })
})
