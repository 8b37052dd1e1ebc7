import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The limits of this container, v1 and v2 alike; a value is undefined when there is no limit or no cgroup. */
export interface CgroupLimits {
  /** Cores that may be used, e.g. 7.5. */
  readonly cpus: number | undefined
  readonly memoryBytes: number | undefined
  readonly pids: number | undefined
}

/** Where cgroups are looked for: the mount, and what /proc/self/cgroup says of our own group. */
export interface CgroupPlace {
  readonly root: string
  readonly self: string
}

const rootFolder = '/sys/fs/cgroup'

/** The group that this process is in. */
export function ownCgroup(): CgroupPlace {
  return { root: rootFolder, self: read('/proc/self/cgroup') ?? '' }
}

export function cgroupLimits(place = ownCgroup()): CgroupLimits {
  const bytes = number(value(place, 'memory.max', 'memory', 'memory.limit_in_bytes'))
  return {
    cpus: cpuQuota(place),
    // v1 says "no limit" with a number near 2^63.
    memoryBytes: bytes !== undefined && bytes < 2 ** 60 ? bytes : undefined,
    pids: number(value(place, 'pids.max', 'pids', 'pids.max')),
  }
}

/** What this container has used; a value is undefined where the kernel does not tell. */
export interface CgroupUsage {
  /** CPU seconds of all its processes so far, of those that ended, too. */
  readonly cpuSeconds: number | undefined
  /** Without the pages of files that can be dropped at any time. */
  readonly memoryBytes: number | undefined
}

export function cgroupUsage(place = ownCgroup()): CgroupUsage {
  const microseconds = number(/^usage_usec (\d+)$/m.exec(value(place, 'cpu.stat', '', '') ?? '')?.[1])
  const nanoseconds = number(value(place, '', 'cpuacct', 'cpuacct.usage'))
  const used = number(value(place, 'memory.current', 'memory', 'memory.usage_in_bytes'))
  const stat = value(place, 'memory.stat', 'memory', 'memory.stat') ?? ''
  // In v1 only the total counts the groups inside; v2 has no other.
  const droppable = /^total_inactive_file (\d+)$/m.exec(stat) ?? /^inactive_file (\d+)$/m.exec(stat)
  return {
    cpuSeconds: microseconds === undefined ? nanoseconds && nanoseconds / 1e9 : microseconds / 1e6,
    memoryBytes: used === undefined ? undefined : Math.max(0, used - Number(droppable?.[1] ?? 0)),
  }
}

/** How often the kernel has killed something of this container for want of memory; 0 where it does not tell. */
export function oomKills(place = ownCgroup()): number {
  const events = value(place, 'memory.events', 'memory', 'memory.oom_control') ?? ''
  return Number(/^oom_kill (\d+)$/m.exec(events)?.[1] ?? 0)
}

function cpuQuota(place: CgroupPlace): number | undefined {
  const v1 = (name: string) => value(place, '', 'cpu', name)
  const pair = value(place, 'cpu.max', '', '') ?? `${v1('cpu.cfs_quota_us')} ${v1('cpu.cfs_period_us')}`
  const [quota, period] = pair.split(' ').map(number)
  return quota !== undefined && period !== undefined && quota > 0 ? quota / period : undefined
}

/** A file of the own group, or of the root where the own group is not visible (a container without its namespace). */
function value(place: CgroupPlace, v2: string, controller: string, v1: string): string | undefined {
  const { root, self } = place
  const paths = [
    ...(v2 ? [join(root, groupPath(self, ''), v2), join(root, v2)] : []),
    ...(v1 ? [join(root, controller, groupPath(self, controller), v1), join(root, controller, v1)] : []),
  ]
  for (const path of paths) {
    const text = read(path)
    if (text !== undefined) return text
  }
  return undefined
}

/** A line is `4:memory:/path` in v1 and `0::/path` in v2. */
function groupPath(self: string, controller: string): string {
  const line = self.split('\n').find((entry) => entry.split(':')[1]?.split(',').includes(controller))
  return line?.split(':').slice(2).join(':') ?? '/'
}

function number(text: string | undefined): number | undefined {
  const parsed = Number.parseInt(text ?? '', 10)
  return Number.isFinite(parsed) ? parsed : undefined
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return undefined // no such controller here
  }
}
