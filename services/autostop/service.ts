import type { FastifyPluginAsync } from 'fastify'
import type { Registry } from 'prom-client'
import type { Service, ServiceContext } from '../../supervisor/service.ts'
import { monotonicMs, settledWithin } from '../../supervisor/time.ts'
import type { AutostopDesk, AutostopStanding } from './desk/desk.ts'
import { autostopView } from './desk/view.ts'
import { openJournal } from './journal.ts'
import type { AutostopOptions } from './options.ts'
import { WatchBook } from './watch/watch-book.ts'

export type { AutostopOptions } from './options.ts'

/** Of other services: what they show of the use of the pod is another thing now. */
const turns: ReadonlySet<string> = new Set(['starting', 'ready', 'completed', 'failed', 'stopped'])
const ended = 'autostop does not run (`podctl start autostop` starts it again)'
const nothing = { state: undefined, cost: undefined }
/** A little longer than a signal may take. */
const lookMs = 6000

export interface Autostop {
  readonly service: Service
  /** How others meet it: what it knows, its journal, and holds. */
  readonly port: AutostopDesk
  readonly routes: FastifyPluginAsync
  /** Adds what it knows to the registry of /metrics. */
  metrics(registry: Registry): Promise<void>
}

/** Stops the pod when nobody needs it, or when its budget, its lifetime or its job is at an end; says why at any time. */
export function autostop(options: AutostopOptions): Autostop {
  const { off, hold, money, store, pod } = options
  const journal = openJournal(store)
  const book = new WatchBook()
  const cannotStop = options.action === 'runpod_api' ? options.stopper.impossible : undefined
  const standing = (): AutostopStanding => {
    const nobody = off ?? (book.hasEnded ? ended : undefined)
    // What nobody watches or counts any more would be told as if it were so now.
    const known = nobody === undefined ? { state: book.state, cost: money.cost(Date.now()) } : nothing
    return { off: nobody, cannotStop, hold: hold.current(), ...known }
  }
  const show = (ctx: ServiceContext) => ctx.report(autostopView(standing()))
  if (off === undefined) {
    pod.onEvent((event) => {
      // The platform may kill a moment later: this comes first.
      if (event.type === 'pod-stopping')
        journal.add('told-to-end', `podmate was told to end: ${event.reason}`)
      if ('service' in event && event.service !== 'autostop' && turns.has(event.type)) book.wake()
    }, new AbortController().signal)
  }
  /** Nobody could take it back while this does not run, and it would stop the pod whenever it runs again. */
  const forgetWord = (ctx: ServiceContext) => {
    if (!book.asked) return
    book.asked = undefined
    const text = 'The pod goes on: autostop has ended before it could stop it. Ask for the stop again.'
    journal.add('cancelled', text, { because: 'asked' })
    ctx.notice('warn', text)
  }
  const port: AutostopDesk = {
    standing,
    journal: journal.entries,
    async look() {
      if (book.state === undefined) return
      const { news } = book
      book.wake()
      await settledWithin(news, lookMs)
    },
    async hold(seconds, why) {
      book.asked = undefined
      const kept = hold.set({ untilMs: Date.now() + seconds * 1000, why })
      book.wake() // a volume that hangs must not keep it waiting
      await kept
    },
    async stop(why) {
      const text = `Somebody asked for it${why === '' ? '' : ` (${why})`}.`
      book.asked = { atMs: monotonicMs(), text }
      const kept = options.action === 'none' ? undefined : hold.set(undefined)
      const { news } = book
      book.wake()
      await Promise.all([kept, settledWithin(news, lookMs)])
    },
    async release() {
      const kept = hold.set(undefined)
      book.startClockAnew()
      await kept
    },
  }
  return {
    service: {
      name: 'autostop',
      after: ['state'],
      stopTier: 'work',
      ...(off === undefined ? {} : { disabled: off }),
      async run(ctx) {
        // Loaded when it runs, like the routes when they are asked for: sshd has the thread before.
        const { watch } = await import('./watch/watch.ts')
        book.hasEnded = false
        try {
          await watch({ ctx, options, journal, book, show: () => show(ctx) })
        } finally {
          book.hasEnded = !ctx.podStopping.aborted
          if (book.hasEnded) {
            forgetWord(ctx)
            show(ctx)
          }
        }
      },
    },
    port,
    async routes(app) {
      const { autostopRoutes } = await import('./desk/routes.ts')
      await app.register(autostopRoutes(port))
    },
    async metrics(registry) {
      // prom-client is loaded by the first scrape.
      const { addAutostopMetrics } = await import('./desk/registry.ts')
      addAutostopMetrics(registry, standing)
    },
  }
}
