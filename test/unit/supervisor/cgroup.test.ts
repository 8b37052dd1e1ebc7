import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cgroupLimits, cgroupUsage, oomKills } from '../../../supervisor/cgroup.ts'
import { threadCaps, threadCount } from '../../../supervisor/thread-caps.ts'

/** Files of the two kinds of trees, as recorded in containers with 7.5 cores and 24 GiB. */
const trees = {
  v2: {
    'cpu.max': '750000 100000\n',
    'memory.max': '25769803776\n',
    'pids.max': '512\n',
    'memory.events': 'low 0\nhigh 0\nmax 3\noom 1\noom_kill 2\noom_group_kill 0\n',
  },
  v1: {
    'cpu/cpu.cfs_quota_us': '750000\n',
    'cpu/cpu.cfs_period_us': '100000\n',
    'memory/memory.limit_in_bytes': '25769803776\n',
    'memory/memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 2\n',
    'pids/pids.max': '512\n',
  },
  'v2 without limits': { 'cpu.max': 'max 100000\n', 'memory.max': 'max\n', 'pids.max': 'max\n' },
  'v1 without limits': {
    'cpu/cpu.cfs_quota_us': '-1\n',
    'cpu/cpu.cfs_period_us': '100000\n',
    'memory/memory.limit_in_bytes': '9223372036854771712\n',
    'pids/pids.max': 'max\n',
  },
  nothing: {},
} as const

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cgroup-'))
})
afterEach(() => rmSync(root, { recursive: true }))

function plant(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
}

describe('cgroupLimits()', () => {
  it.each(['v1', 'v2'] as const)('reads the limits of a %s tree', (kind) => {
    plant(trees[kind])
    expect(cgroupLimits({ root, self: '' })).toEqual({ cpus: 7.5, memoryBytes: 25_769_803_776, pids: 512 })
    expect(oomKills({ root, self: '' })).toBe(2)
  })

  it.each(['v2 without limits', 'v1 without limits', 'nothing'] as const)(
    'says that there are none: %s',
    (kind) => {
      plant(trees[kind])
      expect(cgroupLimits({ root, self: '' })).toEqual({
        cpus: undefined,
        memoryBytes: undefined,
        pids: undefined,
      })
      expect(oomKills({ root, self: '' })).toBe(0)
    },
  )
})

describe('cgroupUsage()', () => {
  it.each([
    [
      'v2',
      {
        'cpu.stat': 'usage_usec 12500000\nuser_usec 9000000\nsystem_usec 3500000\n',
        'memory.current': '5000\n',
        'memory.stat': 'anon 2600\nfile 2300\ninactive_anon 0\ninactive_file 2000\nactive_file 300\n',
      },
    ],
    [
      'v1',
      {
        'cpuacct/cpuacct.usage': '12500000000\n',
        'memory/memory.usage_in_bytes': '5000\n',
        'memory/memory.stat': 'cache 9\ninactive_file 10\ntotal_inactive_anon 7\ntotal_inactive_file 2000\n',
      },
    ],
  ])('reads what was used, without pages of files that can be dropped: %s', (_, files) => {
    plant(files)
    expect(cgroupUsage({ root, self: '' })).toEqual({ cpuSeconds: 12.5, memoryBytes: 3000 })
  })

  it('knows nothing where there is no cgroup', () => {
    expect(cgroupUsage({ root, self: '' })).toEqual({ cpuSeconds: undefined, memoryBytes: undefined })
  })
})

describe('oomKills()', () => {
  it.each([
    ['v1', 'memory/pod/a/memory.oom_control', '4:cpu,memory:/pod/a\n'],
    ['v2', 'pod/a/memory.events', '0::/pod/a\n'],
  ])('reads the own group before the root: %s', (_, file, self) => {
    plant({ ...trees.v1, [file]: 'oom_kill 5\n' })
    expect(oomKills({ root, self })).toBe(5)
    expect(oomKills({ root, self: '4:memory:/elsewhere\n0::/elsewhere\n' })).toBe(2)
  })
})

describe('threadCaps()', () => {
  const tight = { cpus: 7.5, pids: 512, visibleCores: 128 }

  it('caps thread pools at the CPU quota where few threads are allowed', () => {
    expect(threadCaps(tight, {})).toMatchObject({ OMP_NUM_THREADS: '7', TOKIO_WORKER_THREADS: '7' })
  })

  it('leaves alone what the user set, and pods with room', () => {
    expect(threadCaps(tight, { OMP_NUM_THREADS: '3' })).not.toHaveProperty('OMP_NUM_THREADS')
    expect(threadCaps({ ...tight, pids: 16 * 128 }, {})).toEqual({})
    expect(threadCaps({ ...tight, pids: undefined }, {})).toEqual({})
  })

  it.each([
    [0.5, 2],
    [64, 16],
    [undefined, 16],
  ])('turns a quota of %s cores into %s threads', (cpus, threads) => {
    expect(threadCount({ ...tight, cpus })).toBe(threads)
  })
})
