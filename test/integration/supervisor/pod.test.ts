import { afterEach, describe, expect, it } from 'vitest'
import type { Service, ServiceContext } from '../../../supervisor/service.ts'
import { aborted } from '../../../supervisor/time.ts'
import { limitMs } from '../../fixtures/limit.ts'
import { fastTimings, type TestPod, testPod } from '../../fixtures/supervisor/test-pod.ts'

const running: Array<{ pod: TestPod; done: Promise<void> }> = []

afterEach(async () => {
  for (const { pod, done } of running.splice(0)) {
    pod.pod.shutdown('test over')
    await done
  }
})

function begin(services: readonly Service[], options: Parameters<typeof testPod>[0] = {}) {
  const pod = testPod(options)
  const done = pod.pod.run(services)
  running.push({ pod, done })
  return { ...pod, done }
}

/** A service that is ready at once and ends at its stop. */
function calm(name: string, rest: Partial<Service> = {}): Service {
  return {
    name,
    ...rest,
    async run(ctx: ServiceContext) {
      ctx.ready()
      await aborted(ctx.stop)
    },
  }
}
const failing = (name: string, rest: Partial<Service> = {}): Service => ({
  name,
  ...rest,
  run: () => Promise.reject(new Error('no luck')),
})

describe('newPod()', () => {
  it('goes on when a service fails, and shows a crash loop as a state that `restart` clears', async () => {
    let lucky = false
    const unlucky: Service = {
      name: 'unlucky',
      run: (ctx) => (lucky ? calm('unlucky').run(ctx) : Promise.reject(new Error('no luck'))),
    }
    const pod = begin([unlucky, calm('steady')])
    await expect.poll(() => pod.state('unlucky'), { timeout: 60_000 }).toBe('crashloop')
    expect(pod.state('steady')).toBe('ready')
    expect(pod.pod.status().services.unlucky).toMatchObject({ reason: 'no luck', failures: 8 })
    lucky = true
    expect(await pod.pod.command('restart', 'unlucky', { force: false })).toEqual({
      ok: true,
      message: 'unlucky is ready',
    })
  })

  it('lets followers go when a lead of `after` fails or is late, and says so', async () => {
    const late: Service = { name: 'late', run: (ctx) => aborted(ctx.stop) }
    const services = [failing('broken', { kind: 'task', restart: 'never' }), late]
    const pod = begin([...services, calm('one', { after: ['broken'] }), calm('two', { after: ['late'] })])
    await expect.poll(() => pod.state('one')).toBe('ready')
    await expect.poll(() => pod.state('two')).toBe('ready')
    const told = pod.events.filter((event) => event.type === 'lead-late').map((event) => event.reason)
    expect(told).toEqual([
      'broken is failed: not waited for any longer',
      'late is starting: not waited for any longer',
    ])
  })

  it('blocks on `needs` with the reason until the need is met', async () => {
    let works = false
    const task: Service = {
      name: 'bootstrap',
      kind: 'task',
      restart: 'never',
      run: () => (works ? Promise.resolve() : Promise.reject(new Error('pip failed'))),
    }
    const pod = begin([task, calm('trainer', { needs: ['bootstrap'] })])
    await expect.poll(() => pod.pod.status().services.trainer?.reason).toBe('bootstrap failed (pip failed)')
    expect(pod.state('trainer')).toBe('blocked')
    works = true
    expect(await pod.pod.command('restart', 'bootstrap', { force: false })).toMatchObject({ ok: true })
    await expect.poll(() => pod.state('trainer')).toBe('ready')
  })

  it('stops tier after tier, in parallel inside a tier, and tells the order by its events', async () => {
    const tiers = ['access', 'tools', 'save', 'work', 'intake'] as const
    const services = tiers.flatMap((stopTier) => [
      calm(`${stopTier}-a`, { stopTier }),
      calm(`${stopTier}-b`, { stopTier }),
    ])
    const pod = begin(services)
    await expect
      .poll(() => Object.values(pod.pod.status().services).every(({ state }) => state === 'ready'))
      .toBe(true)
    pod.pod.shutdown('SIGTERM')
    await pod.done
    const order = pod.events.flatMap((event) => (event.type === 'tier-stopping' ? [event.tier] : []))
    expect(order).toEqual(['intake', 'work', 'save', 'tools', 'access'])
    const trail = pod.trail()
    for (const tier of tiers) {
      expect(trail.indexOf(`${tier}-b:stopping`)).toBeLessThan(trail.indexOf(`${tier}-a:stopped`))
    }
    expect(trail.at(-1)).toBe('pod-stopped')
  })

  it('tells every service at once that the pod is stopping, long before its own turn', async () => {
    const seen: string[] = []
    const slow: Service = {
      name: 'slow',
      stopTier: 'intake',
      async run(ctx) {
        ctx.ready()
        await aborted(ctx.stop)
        await aborted(ctx.kill)
      },
    }
    const door: Service = {
      name: 'door',
      stopTier: 'access',
      async run(ctx) {
        ctx.ready()
        await aborted(ctx.podStopping)
        seen.push('refuses new work')
        await aborted(ctx.stop)
      },
    }
    const pod = begin([slow, door])
    await expect.poll(() => pod.state('door')).toBe('ready')
    pod.pod.shutdown('SIGTERM')
    await expect.poll(() => seen).toEqual(['refuses new work'])
    expect(pod.state('door')).toBe('ready')
    await pod.done
  })

  it('keeps the whole shutdown inside its budget when a service ignores stop and kill', async () => {
    const deaf: Service = {
      name: 'deaf',
      stopTier: 'work',
      run: (ctx) => {
        ctx.ready()
        return new Promise(() => {})
      },
    }
    const timings = { ...fastTimings, killWaitMs: 100 }
    const pod = begin([deaf, calm('door', { stopTier: 'access' })], { timings })
    await expect.poll(() => pod.state('deaf')).toBe('ready')
    pod.pod.shutdown('SIGTERM')
    await pod.done
    const stopped = pod.events.at(-1)
    expect(stopped?.type === 'pod-stopped' && stopped.tookMs).toBeLessThanOrEqual(
      limitMs(timings.shutdownBudgetMs),
    )
    expect(pod.pod.status().services.deaf?.lastEnding?.reason).toBe('did not end when it was killed')
    expect(pod.events.find((event) => event.type === 'killing')).toMatchObject({
      reason: expect.stringMatching(/^not ended \d+ ms after it was asked to$/),
    })
  })

  it('ends everything at once on killAll', async () => {
    const slow: Service = {
      name: 'slow',
      stopTier: 'work',
      async run(ctx) {
        ctx.ready()
        await aborted(ctx.kill)
      },
    }
    const timings = { ...fastTimings, shutdownBudgetMs: 60_000 }
    const pod = begin([slow], { timings })
    await expect.poll(() => pod.state('slow')).toBe('ready')
    pod.pod.shutdown('SIGTERM')
    pod.pod.killAll('second SIGTERM')
    await pod.done
    const stopped = pod.events.at(-1)
    expect(stopped?.type === 'pod-stopped' && stopped.tookMs).toBeLessThan(limitMs(1000))
  })

  it('has the recorder write the report last, with the ending of every service', async () => {
    let report: unknown
    const pod = testPod()
    const recorder = calm('state', { stopTier: 'access' })
    const write = async (text: unknown) => {
      report = text
    }
    const done = pod.pod.run([calm('web'), recorder], { service: 'state', write })
    await expect.poll(() => pod.state('web')).toBe('ready')
    pod.pod.shutdown('SIGTERM')
    await done
    expect(report).toMatchObject({
      reason: 'SIGTERM',
      services: { web: { state: 'stopped', killed: false, left: [] }, state: { state: 'ready', ms: null } },
    })
    expect(pod.state('state')).toBe('stopped')
  })

  it('refuses commands that would lock the user out, that name nothing, or that meet a disabled service', async () => {
    const pod = begin([calm('sshd'), calm('jupyter', { disabled: 'no jupyter program' })], {
      guarded: ['sshd'],
    })
    await expect.poll(() => pod.state('sshd')).toBe('ready')
    const command = (name: string, force = false) => pod.pod.command('stop', name, { force })
    expect(await command('sshd')).toMatchObject({ ok: false, message: expect.stringContaining('--force') })
    expect(await command('nothing')).toEqual({
      ok: false,
      message: 'there is no service "nothing"; there are: sshd, jupyter',
    })
    expect(await command('jupyter')).toEqual({
      ok: false,
      message: 'jupyter is disabled: no jupyter program',
    })
    expect(await command('sshd', true)).toEqual({ ok: true, message: 'sshd is stopped: stopped' })
  })

  it('carries out commands one after the other, and each tells what is true then', async () => {
    const pod = begin([calm('web')])
    await expect.poll(() => pod.state('web')).toBe('ready')
    const commands = ['stop', 'start', 'restart', 'stop', 'start'] as const
    const results = await Promise.all(
      commands.map((command) => pod.pod.command(command, 'web', { force: false })),
    )
    expect(results.map(({ message }) => message)).toEqual([
      'web is stopped: stopped',
      'web is ready',
      'web is ready',
      'web is stopped: stopped',
      'web is ready',
    ])
  })

  it('carries out a command to one service while another takes its time', async () => {
    const slow: Service = { name: 'slow', run: (ctx) => aborted(ctx.stop) }
    const pod = begin([slow, calm('web')])
    await expect.poll(() => pod.state('web')).toBe('ready')
    await pod.pod.command('stop', 'slow', { force: false })
    const pending = pod.pod.command('start', 'slow', { force: false })
    expect(await pod.pod.command('restart', 'web', { force: false })).toEqual({
      ok: true,
      message: 'web is ready',
    })
    expect(pod.state('slow')).toBe('starting')
    pod.pod.shutdown('test over')
    expect((await pending).ok).toBe(false)
  })

  it('tells of a start of what runs already: at once when it is degraded, when it is ready while it starts', async () => {
    const begun = Promise.withResolvers<void>()
    const slow: Service = {
      name: 'slow',
      async run(ctx) {
        await begun.promise
        await calm('slow').run(ctx)
      },
    }
    const hurt: Service = {
      name: 'hurt',
      async run(ctx) {
        ctx.notReady('no volume')
        await aborted(ctx.stop)
      },
    }
    const pod = begin([slow, hurt])
    await expect.poll(() => pod.state('hurt')).toBe('degraded')
    expect(await pod.pod.command('start', 'hurt', { force: false })).toEqual({
      ok: false,
      message: 'hurt is degraded: no volume',
    })
    const pending = pod.pod.command('start', 'slow', { force: false })
    begun.resolve()
    expect(await pending).toEqual({ ok: true, message: 'slow is ready' })
    expect(pod.pod.status().services.slow?.attempt).toBe(1)
  })

  it('stops a service whose start was asked for and never comes to an end', async () => {
    const slow: Service = { name: 'slow', run: (ctx) => aborted(ctx.stop) }
    const pod = begin([slow])
    await expect.poll(() => pod.state('slow')).toBe('starting')
    const pending = pod.pod.command('restart', 'slow', { force: false })
    expect(await pod.pod.command('stop', 'slow', { force: false })).toMatchObject({ ok: true })
    expect(await pending).toEqual({ ok: false, message: 'slow is starting' })
  })

  it('stops a service that waits for its next start without starting it', async () => {
    const pod = begin([failing('web')], {
      timings: { ...fastTimings, backoffFirstMs: 60_000, backoffCapMs: 60_000 },
    })
    await expect.poll(() => pod.state('web')).toBe('restarting')
    expect(await pod.pod.command('stop', 'web', { force: false })).toMatchObject({ ok: true })
    expect(pod.state('web')).toBe('stopped')
  })

  it('rejects an impossible order by name before anything starts', async () => {
    const circle = [calm('a', { after: ['b'] }), calm('b', { needs: ['a'] })]
    await expect(testPod().pod.run(circle)).rejects.toThrow('services wait in a circle: a → b → a')
    await expect(testPod().pod.run([calm('a', { after: ['ghost'] })])).rejects.toThrow(
      '"ghost", which does not exist',
    )
    await expect(testPod().pod.run([calm('a'), calm('a')])).rejects.toThrow('two services are named "a"')
  })

  it('silences a run that talks on after its end, and refuses a report over 16 KB', async () => {
    let context: ServiceContext | undefined
    const task: Service = {
      name: 'task',
      kind: 'task',
      restart: 'never',
      async run(ctx) {
        context = ctx
        ctx.report({ text: 'x'.repeat(17_000) })
      },
    }
    const pod = begin([task])
    await expect.poll(() => pod.state('task')).toBe('failed')
    expect(pod.pod.status().services.task?.reason).toBe('task reported more than 16384 bytes of details')
    const before = pod.events.length
    context?.ready()
    context?.report({ late: true })
    expect(pod.events.length).toBe(before)
  })

  it('redacts secrets from reports, reasons and logs', async () => {
    const secret = 'sentinel-5d1c9'
    const leaky: Service = {
      name: 'leaky',
      async run(ctx) {
        ctx.ready()
        ctx.log.info({ url: `https://x/?k=${secret}` }, `token ${secret}`)
        ctx.report({ token: secret })
        ctx.notReady(`bad token ${secret}`)
        await aborted(ctx.stop)
        throw new Error(`cannot log in with ${secret}`)
      },
    }
    const pod = begin([leaky], { secrets: [secret] })
    await expect.poll(() => pod.state('leaky')).toBe('degraded')
    await pod.pod.command('stop', 'leaky', { force: false })
    const shown = JSON.stringify([pod.pod.status(), pod.events, pod.pod.logLines(undefined, 100)])
    expect(shown).toContain('cannot log in with [redacted]')
    expect(shown).not.toContain(secret)
  })
})
