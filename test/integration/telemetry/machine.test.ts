import { expect, onTestFinished, test } from 'vitest'
import { startTool } from '../../../services/telemetry/tool-process.ts'
import { DiskWatch } from '../../../services/telemetry/watch-disks.ts'
import { runTelemetry } from '../../fixtures/gpu/run-telemetry.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

const long = { timeout: 60_000 }

test('telemetry() measures CPU, memory, network and the volume of a folder', async () => {
  const { port, reports } = runTelemetry(temporaryFolder(), { gpuTrace: undefined })
  await expect.poll(() => port.host()?.disks, long).toHaveLength(1)
  await expect.poll(() => port.host()?.cpuPercent, long).toBeGreaterThan(0)
  const host = port.host()
  expect(host?.disks[0]).toMatchObject({ mount: '/' })
  expect(host?.disks[0]?.usedBytes).toBeLessThan(host?.disks[0]?.totalBytes ?? 0)
  expect(host?.memoryUsedBytes).toBeGreaterThan(10 * 2 ** 20)
  expect(host?.memoryUsedBytes).toBeLessThanOrEqual(host?.memoryTotalBytes ?? 0)
  expect(host?.cores).toBeGreaterThan(0)
  expect(host?.receivedBytesPerSecond).toBeGreaterThanOrEqual(0)
  expect(reports.at(-1)).toMatchObject({ host: { disks: [{ mount: '/' }], disk_problem: null } })
})

test('DiskWatch.run() starts no second df beside one that hangs, and shows the other volumes', async () => {
  const started: string[] = []
  const hangs = '/proc'
  const disks = new DiskWatch(['/', hangs], { everyMs: 10, hungMs: 100 }, async (tool, onLine) => {
    const mount = tool.args.at(-1) ?? ''
    started.push(mount)
    if (mount !== hangs) return startTool(tool, onLine)
    const sleep = await startTool({ ...tool, command: 'sleep', args: ['1000'] }, onLine)
    onTestFinished(() => sleep.end(0))
    return { ...sleep, end: async () => {} } // as if no signal could end it
  })
  const stop = new AbortController()
  const run = disks.run(stop.signal)
  await expect.poll(() => started.filter((mount) => mount === '/').length, long).toBeGreaterThan(3)
  expect(started.filter((mount) => mount === hangs)).toHaveLength(1)
  expect(disks.now.disks).toMatchObject([{ mount: '/' }])
  expect(disks.now.problem).toMatch(/^\/proc does not answer: df hangs \(pid \d+\)$/)
  stop.abort()
  await expect(run).rejects.toThrow('could not be ended')
})
