import { describe, expect, test } from 'vitest'
import { Transfers } from '../../../../services/autostop/signals/transfers.ts'
import { processEntry } from '../../../fixtures/autostop/process-entry.ts'

const rsync = processEntry({ pid: 5, name: 'rsync' })

/** Looks at processes whose bytes a test sets. */
function world(bytes: Record<number, number | undefined>) {
  const transfers = new Transfers(1000, (pid: number) => bytes[pid])
  return (nowMs: number, processes = [rsync], others: ReadonlySet<number> = new Set()) =>
    transfers.look({ processes }, others, nowMs)
}

describe('Transfers', () => {
  test('sees bytes that move between two looks', () => {
    const bytes = { 5: 1000 }
    const look = world(bytes)
    expect(look(0)).toMatchObject({ moving: undefined, still: 1 })
    bytes[5] = 30_001_000
    expect(look(60_000).moving).toBe('rsync moved 30.0 MB in 60 s')
    expect(look(120_000)).toMatchObject({ moving: undefined, still: 1 })
  })

  test('sees a transfer that began since the last look', () => {
    const look = world({ 5: 90_000 })
    look(0, [])
    expect(look(60_000).moving).toBe('rsync moved 90 kB in 60 s')
  })

  test('takes what keeps a connection open for no work', () => {
    const bytes = { 5: 0 }
    const look = world(bytes)
    look(0)
    bytes[5] = 60_000
    expect(look(60_000).moving).toBeUndefined()
  })

  test('does not mistake a new process for an older one with its pid', () => {
    const bytes = { 5: 10_000_000 }
    const look = world(bytes)
    look(0)
    bytes[5] = 2_000_000
    expect(look(60_000, [{ ...rsync, startTicks: 999 }]).moving).toBe('rsync moved 2.0 MB in 60 s')
  })

  test('counts what serves files under another name', () => {
    const sshd = processEntry({ pid: 7, name: 'sshd' })
    expect(world({ 7: 0 })(0, [sshd]).still).toBe(0)
    expect(world({ 7: 0 })(0, [sshd], new Set([7])).still).toBe(1)
  })

  test('goes by the work of a program whose bytes are hidden', () => {
    const look = world({ 5: undefined })
    look(0)
    expect(look(60_000)).toMatchObject({ moving: undefined, still: 1 })
    expect(look(120_000, [{ ...rsync, cpuTicks: 1 }]).moving).toBe(
      'rsync works (what it moves cannot be seen)',
    )
  })

  test('keeps what it found for a look that comes too soon', () => {
    const bytes = { 5: 0 }
    const look = world(bytes)
    look(0)
    bytes[5] = 40
    expect(look(10).moving).toBeUndefined()
    bytes[5] = 9000
    expect(look(2000)).toMatchObject({ atMs: 2000, moving: 'rsync moved 9 kB in 2 s' })
    expect(look(2500)).toMatchObject({ atMs: 2000, moving: 'rsync moved 9 kB in 2 s' })
  })
})
