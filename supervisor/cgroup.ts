import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The limits of this container, v1 and v2 alike; a value is undefined when there is no limit or no cgroup. */
export interface CgroupLimits {
  /** Cores that may be used, e.g. 7.5. */
  readonly cpus: number | undefined
  readonly memoryBytes: number | undefined
  readonly pids: number | undefined
}

const defaultRoot = '/sys/fs/cgroup'

export function cgroupLimits(root = defaultRoot): CgroupLimits {
  return {
    cpus: cpuQuota(root),
    memoryBytes: memoryLimit(root),
    pids: firstNumber(root, ['pids.max', 'pids/pids.max']),
  }
}

/** How often the kernel has killed something of this container for want of memory; 0 where it does not tell. */
export function oomKills(root = defaultRoot): number {
  const text = read(root, 'memory.events') ?? read(root, 'memory/memory.oom_control') ?? ''
  return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0)
}

function cpuQuota(root: string): number | undefined {
  const [quota, period] = read(root, 'cpu.max')?.split(' ').map(Number) ?? [
    firstNumber(root, ['cpu/cpu.cfs_quota_us']),
    firstNumber(root, ['cpu/cpu.cfs_period_us']),
  ]
  if (!quota || !period || quota < 0) return undefined
  return quota / period
}

/** v1 says "no limit" with a number near 2^63. */
function memoryLimit(root: string): number | undefined {
  const bytes = firstNumber(root, ['memory.max', 'memory/memory.limit_in_bytes'])
  return bytes !== undefined && bytes < 2 ** 60 ? bytes : undefined
}

function firstNumber(root: string, names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = Number.parseInt(read(root, name) ?? '', 10)
    if (Number.isFinite(value)) return value
  }
  return undefined
}

function read(root: string, name: string): string | undefined {
  try {
    return readFileSync(join(root, name), 'utf8').trim()
  } catch {
    return undefined // no such controller here
  }
}
