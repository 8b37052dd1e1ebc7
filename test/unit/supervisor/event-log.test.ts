import { describe, expect, it, vi } from 'vitest'
import { newEventLog } from '../../../supervisor/event-log.ts'

const asIs = <Body>(body: Body) => body

describe('newEventLog()', () => {
  it('tells all listeners all events in one order, also those that a listener emits', () => {
    const log = newEventLog(asIs)
    const seen: number[] = []
    log.listen((event) => event.seq === 1 && log.emit({ type: 'pod-warning', text: 'second' }))
    log.listen((event) => seen.push(event.seq))
    log.emit({ type: 'pod-warning', text: 'first' })
    expect(seen).toEqual([1, 2])
  })

  it('goes on telling after a listener threw, and lets the error out', () => {
    const late: Array<() => void> = []
    const queued = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((job) => void late.push(job))
    const log = newEventLog(asIs)
    const seen: number[] = []
    log.listen(() => {
      throw new Error('broken listener')
    })
    log.listen((event) => seen.push(event.seq))
    log.emit({ type: 'pod-warning', text: 'one' })
    log.emit({ type: 'pod-warning', text: 'two' })
    queued.mockRestore()
    expect(seen).toEqual([1, 2])
    expect(late[0]).toThrow('broken listener')
  })

  it('hands out what comes after a number, and nothing when some of it is gone', () => {
    const log = newEventLog(asIs, 2)
    for (const text of ['a', 'b', 'c']) log.emit({ type: 'pod-warning', text })
    expect(log.after(1)?.map(({ seq }) => seq)).toEqual([2, 3])
    expect(log.after(3)).toEqual([])
    expect(log.after(0)).toBeUndefined()
    expect(log.after(4)).toBeUndefined()
  })

  it('keeps one report of each service, so that those who report often push nothing out', () => {
    const log = newEventLog(asIs, 4)
    const report = (service: string, count: number) =>
      log.emit({ type: 'report', service, details: { count } })
    log.emit({ type: 'pod-warning', text: 'kept' })
    for (let count = 0; count < 10; count += 1) for (const service of ['a', 'b']) report(service, count)
    expect(log.after(0)?.map(({ seq }) => seq)).toEqual([1, 20, 21])
    expect(log.after(15)?.map(({ seq }) => seq)).toEqual([20, 21])
    expect(log.after(20)?.map(({ seq }) => seq)).toEqual([21])
    for (const text of ['x', 'y']) log.emit({ type: 'pod-warning', text })
    expect(log.after(0)).toBeUndefined()
    expect(log.after(1)?.map(({ seq }) => seq)).toEqual([20, 21, 22, 23])
  })
})
