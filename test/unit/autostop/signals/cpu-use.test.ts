import { describe, expect, test } from 'vitest'
import { CpuUse } from '../../../../services/autostop/signals/cpu-use.ts'
import type { ProcessEntry } from '../../../../supervisor/process-table.ts'
import { processEntry } from '../../../fixtures/autostop/process-entry.ts'

/** Work between two looks that are 60 s apart. */
function workBetween(before: readonly ProcessEntry[], after: readonly ProcessEntry[]) {
  const use = new CpuUse(1000)
  const ofSshd = () => 'sshd'
  expect(use.look(before, ofSshd, new Set(), 0)('sshd').cores).toBe(0)
  return use.look(after, ofSshd, new Set(), 60_000)('sshd')
}

const shell = processEntry({ pid: 1, name: 'bash' })

describe('CpuUse', () => {
  test('measures what was used between two looks, not before', () => {
    const python = processEntry({ pid: 2, parent: 1, name: 'python', cpuTicks: 100_000 })
    const work = workBetween([shell, python], [shell, { ...python, cpuTicks: 103_000 }])
    expect(work).toEqual({ atMs: 60_000, cores: 0.5, most: 'python' })
  })

  test('counts programs that began and ended in between', () => {
    const make = processEntry({ pid: 2, parent: 1, name: 'make' })
    expect(workBetween([shell, make], [shell, { ...make, childTicks: 6000 }]).cores).toBe(1)
  })

  test('does not count once more what a child had used before it ended', () => {
    const python = processEntry({ pid: 2, parent: 1, name: 'python', cpuTicks: 100_000 })
    expect(workBetween([shell, python], [{ ...shell, childTicks: 100_060 }]).cores).toBeCloseTo(0.01)
  })

  test('counts the others when a program takes what it had used with it', () => {
    const old = processEntry({ pid: 2, parent: 0, cpuTicks: 100_000 })
    const python = processEntry({ pid: 3, parent: 1, name: 'python' })
    expect(workBetween([old, python], [{ ...python, cpuTicks: 3000 }])).toMatchObject({
      cores: 0.5,
      most: 'python',
    })
  })

  test('passes over what only looks on, and over sshd', () => {
    const watch = processEntry({ pid: 2, parent: 1, name: 'watch' })
    const smi = processEntry({ pid: 3, parent: 2, name: 'sh' })
    const sshd = processEntry({ pid: 4, name: 'sshd-session' })
    const htop = processEntry({ pid: 5, parent: 1, name: 'htop' })
    const idle = [shell, watch, smi, sshd, htop]
    const busy = idle.map((entry) =>
      entry === shell ? entry : { ...entry, cpuTicks: 6000, childTicks: 6000 },
    )
    expect(workBetween(idle, busy).cores).toBe(0)
  })

  test('keeps what it found for a look that comes too soon', () => {
    const use = new CpuUse(1000)
    const ofSshd = () => 'sshd'
    const look = (cpuTicks: number, nowMs: number) =>
      use.look([{ ...shell, cpuTicks }], ofSshd, new Set(), nowMs)('sshd')
    look(0, 0)
    expect(look(100, 2000)).toEqual({ atMs: 2000, cores: 0.5, most: 'bash' })
    expect(look(110, 2010)).toEqual({ atMs: 2000, cores: 0.5, most: 'bash' })
    expect(look(110, 4000).cores).toBe(0.05)
  })

  test('passes over the main programs of services', () => {
    const use = new CpuUse(1000)
    const lab = processEntry({ pid: 9, name: 'jupyter-lab' })
    const look = (cpuTicks: number, nowMs: number) =>
      use.look([{ ...lab, cpuTicks }], () => 'jupyter', new Set([9]), nowMs)('jupyter')
    look(0, 0)
    expect(look(100, 2000).cores).toBe(0)
  })
})
