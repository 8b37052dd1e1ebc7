import { readFileSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import { cgroupLimits, cgroupUsage } from '../../supervisor/cgroup.ts'

/** What has been used up to a moment, as the kernel counts it. */
export interface HostCounters {
  /** Monotonic ms. */
  readonly atMs: number
  /** Cores that may be used. */
  readonly cores: number
  /** CPU seconds so far; undefined where only the machine as a whole is measured. */
  readonly cpuSeconds: number | undefined
  /** 0 to 100, where there are no CPU seconds. */
  readonly cpuPercent: number | undefined
  readonly memoryUsedBytes: number
  readonly memoryTotalBytes: number
  readonly receivedBytes: number
  readonly sentBytes: number
}

/**
 * Reads the container's own accounts. systeminformation is asked for what they do not hold (a machine without cgroups or
 * limits, macOS): for a container its CPU and memory would be those of the whole machine, with everybody else on it.
 */
export async function readHostCounters(atMs: number): Promise<HostCounters> {
  const limits = cgroupLimits()
  const usage = cgroupUsage()
  const network = networkBytes(readText('/proc/self/net/dev')) ?? (await askNetwork())
  const memory = limitedMemory(limits.memoryBytes, usage.memoryBytes) ?? (await askMemory())
  return {
    atMs,
    cores: limits.cpus ?? availableParallelism(),
    cpuSeconds: usage.cpuSeconds,
    cpuPercent: usage.cpuSeconds === undefined ? await askCpuPercent() : undefined,
    memoryUsedBytes: memory.used,
    memoryTotalBytes: memory.total,
    receivedBytes: network.received,
    sentBytes: network.sent,
  }
}

/** Bytes through all interfaces but the loopback and the bridges of containers; undefined: there is no such file here. */
export function networkBytes(text: string | undefined): { received: number; sent: number } | undefined {
  if (text === undefined) return undefined
  let received = 0
  let sent = 0
  for (const line of text.split('\n')) {
    const [, name = 'lo', numbers = ''] = /^\s*(\S+?):\s*(.*)$/.exec(line) ?? []
    if (isInner.test(name)) continue
    const fields = numbers.split(/\s+/)
    received += Number(fields[0] ?? 0)
    sent += Number(fields[8] ?? 0)
  }
  return { received, sent }
}

/** What goes through these goes through another one as well, or stays here. */
const isInner = /^(lo|docker|veth|br-|virbr|ifb|dummy|tunl0|sit0)/

/** A limit above what the machine has is none. */
function limitedMemory(total: number | undefined, used: number | undefined) {
  return total === undefined || used === undefined || total > totalmem() ? undefined : { total, used }
}

async function askMemory(): Promise<{ total: number; used: number }> {
  const { total, active } = await (await information()).mem()
  return { total, used: active }
}

async function askNetwork(): Promise<{ received: number; sent: number }> {
  const interfaces = await (await information()).networkStats()
  return {
    received: interfaces.reduce((sum, { rx_bytes }) => sum + rx_bytes, 0),
    sent: interfaces.reduce((sum, { tx_bytes }) => sum + tx_bytes, 0),
  }
}

async function askCpuPercent(): Promise<number> {
  return (await (await information()).currentLoad()).currentLoad
}

/** Loaded where it is needed only. */
async function information() {
  return (await import('systeminformation')).default
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined // not Linux
  }
}
