import { describe, expect, it } from 'vitest'
import type { EventBody, PodEvent, ServiceEventBody } from '../../../supervisor/events.ts'
import { phaseTime } from '../../../supervisor/phase-times.ts'
import { initialStatus, reduce } from '../../../supervisor/reduce.ts'
import type { Service } from '../../../supervisor/service.ts'
import type { PodStatus } from '../../../supervisor/status.ts'
import { timing } from '../../../supervisor/timing.ts'

const services: readonly Service[] = [
  { name: 'state', run: async () => {} },
  { name: 'web', after: ['state'], run: async () => {} },
  { name: 'task', kind: 'task', needs: ['web'], run: async () => {} },
]
const killed = { ok: false, exitCode: null, signal: 'SIGKILL', reason: 'signal SIGKILL' }

function play(bodies: readonly EventBody[], stepMs = 10): PodStatus {
  return bodies.reduce<PodStatus>((status, body, index) => {
    return reduce(status, {
      seq: index + 1,
      at: 1000 + index * stepMs,
      ms: index * stepMs,
      ...body,
    } as PodEvent)
  }, initialStatus(services))
}
const web = (body: ServiceEventBody): EventBody => ({ service: 'web', ...body })

describe('reduce()', () => {
  it('follows a service from its start over a crash to its stop', () => {
    const start = [
      web({ type: 'starting', attempt: 1 }),
      web({ type: 'spawned', pid: 7, command: 'x' }),
      web({ type: 'ready' }),
    ]
    expect(play(start).services.web).toMatchObject({ state: 'ready', pid: 7, restarts: 0, readyMs: 20 })
    const crash = [
      ...start,
      web({ type: 'ended', ending: killed, lastLines: ['boom'] }),
      web({ type: 'restarting', delayMs: 900, failures: 1 }),
    ]
    const crashed = play(crash).services.web
    expect(crashed).toMatchObject({
      state: 'restarting',
      delayMs: 900,
      reason: 'signal SIGKILL',
      lastLines: ['boom'],
    })
    expect(crashed).not.toHaveProperty('pid')
    const again = [...crash, web({ type: 'starting', attempt: 2 })]
    expect(play(again).services.web).toMatchObject({ state: 'starting', restarts: 1, lastEnding: killed })
    expect(play(again).services.web).not.toHaveProperty('readyMs')
  })

  it('goes to degraded and back, and keeps the time of the first readiness', () => {
    const events = [
      web({ type: 'starting', attempt: 1 }),
      web({ type: 'ready' }),
      web({ type: 'not-ready', reason: 'slow' }),
    ]
    expect(play(events).services.web).toMatchObject({ state: 'degraded', reason: 'slow' })
    const back = play([...events, web({ type: 'ready' })]).services.web
    expect(back).toMatchObject({ state: 'ready', readyMs: 10 })
    expect(back).not.toHaveProperty('reason')
  })

  it('does not let a late word of a run change the state of what is stopping', () => {
    const events = [web({ type: 'starting', attempt: 1 }), web({ type: 'stopping', reason: 'podctl stop' })]
    expect(play([...events, web({ type: 'ready' })]).services.web?.state).toBe('stopping')
    expect(play([...events, web({ type: 'not-ready', reason: 'x' })]).services.web?.state).toBe('stopping')
  })

  it('names the processes that could not be ended', () => {
    const status = play([web({ type: 'starting', attempt: 1 }), web({ type: 'stopped', left: [12, 13] })])
    expect(status.services.web?.reason).toBe('stopped, but these processes are left: 12, 13')
  })

  it('keeps `since` until the state changes, and counts probes and suppressed lines', () => {
    const events = [
      web({ type: 'starting', attempt: 1 }),
      web({ type: 'probe-failed', probe: 'readiness', reason: 'x', failures: 1 }),
      web({ type: 'suppressed', lines: 5 }),
      web({ type: 'suppressed', lines: 2 }),
    ]
    expect(play(events).services.web).toMatchObject({ since: 1000, probeFailures: 1, suppressedLines: 7 })
  })

  it('ignores an event of a service that it does not know', () => {
    expect(play([{ type: 'ready', service: 'ghost' }]).services).not.toHaveProperty('ghost')
  })
})

describe('timing()', () => {
  it('gives the time of each service and the chain that ended last', () => {
    const status = play([
      { type: 'starting', attempt: 1, service: 'state' },
      { type: 'ready', service: 'state' },
      web({ type: 'starting', attempt: 1 }),
      web({ type: 'first-log' }),
      web({ type: 'ready' }),
    ])
    expect(timing(status)).toEqual({
      services: [
        { service: 'state', startedMs: 0, firstLogMs: null, readyMs: 10, tookMs: 10 },
        { service: 'web', startedMs: 20, firstLogMs: 30, readyMs: 40, tookMs: 20 },
      ],
      criticalChain: ['state', 'web'],
      allReadyMs: 40,
    })
  })

  it('keeps the boot although a service was started again since', () => {
    const booted: EventBody[] = [
      { type: 'starting', attempt: 1, service: 'state' },
      { type: 'ready', service: 'state' },
    ]
    const boot = [...booted, web({ type: 'starting', attempt: 1 }), web({ type: 'ready' })]
    const later = [...boot, web({ type: 'starting', attempt: 2 }), web({ type: 'ready' })]
    expect(timing(play(later)).allReadyMs).toBe(timing(play(boot)).allReadyMs)
    expect(timing(play(later)).criticalChain).toEqual(['state', 'web'])
  })

  it('does not claim that all is ready while a service is not', () => {
    expect(timing(play([{ type: 'starting', attempt: 1, service: 'state' }])).allReadyMs).toBeNull()
  })
})

describe('phaseTime()', () => {
  it('writes the true exit code of a run that failed, and none for a signal', () => {
    const status = play([web({ type: 'starting', attempt: 1 })])
    const ended = (ending: typeof killed | { ok: boolean; exitCode: number; signal: null; reason: string }) =>
      phaseTime(
        { seq: 2, at: 5000, ms: 1234, ...web({ type: 'ended', ending, lastLines: [] }) } as PodEvent,
        status.services.web,
        'run',
      )
    expect(ended({ ok: false, exitCode: 7, signal: null, reason: 'exit 7' })).toEqual({
      ts_epoch_ms: 5000,
      source: 'podmate',
      run_id: 'run',
      phase: 'web',
      status: 'error',
      elapsed_ms: 1234,
      exit_code: 7,
    })
    expect(ended(killed)).toMatchObject({ status: 'error', exit_code: null })
  })
})
