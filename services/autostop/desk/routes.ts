import type { FastifyPluginAsync } from 'fastify'
import type { AutostopDesk } from './desk.ts'
import { holdSchema, journalSchema, releaseSchema, standingSchema, stopSchema } from './schema.ts'
import { autostopView } from './view.ts'

const usualEntries = 200

/** There is nothing that a hold could hold off. */
class AutostopIsOff extends Error {
  readonly statusCode = 409
  readonly title = 'Nothing stops this pod by itself'
}

/** GET /autostop, GET /autostop/journal, POST /autostop/hold, /autostop/release and /autostop/stop. */
export function autostopRoutes(desk: AutostopDesk): FastifyPluginAsync {
  const view = () => autostopView(desk.standing())
  const change = { access: 'change', activity: true } as const
  return async (app) => {
    app.get<{ Querystring: { look?: string } }>(
      '/autostop',
      { config: { access: 'read' }, schema: standingSchema },
      async ({ query }) => {
        if (query.look === '1') await desk.look()
        return view()
      },
    )
    app.get<{ Querystring: { last?: string } }>(
      '/autostop/journal',
      { config: { access: 'read' }, schema: journalSchema },
      async ({ query }) => ({ entries: (await desk.journal()).slice(-Number(query.last ?? usualEntries)) }),
    )
    app.post<{ Body: { seconds: number; why?: string } }>(
      '/autostop/hold',
      { config: change, schema: holdSchema },
      async ({ body: { seconds, why = '' } }) => {
        demandOn(desk)
        await desk.hold(seconds, oneLine(why))
        return view()
      },
    )
    app.post<{ Body: { why?: string } }>(
      '/autostop/stop',
      { config: change, schema: stopSchema },
      async ({ body: { why = '' } }) => {
        const { off, cannotStop } = desk.standing()
        const reason = off === undefined ? cannotStop : `${off}.`
        if (reason !== undefined) throw new AutostopIsOff(`podmate cannot stop this pod: ${reason}`)
        await desk.stop(oneLine(why))
        return view()
      },
    )
    app.post('/autostop/release', { config: change, schema: releaseSchema }, async () => {
      demandOn(desk)
      await desk.release()
      return view()
    })
  }
}

function demandOn(desk: AutostopDesk): void {
  const { off } = desk.standing()
  if (off !== undefined)
    throw new AutostopIsOff(`${off}, so there is nothing to hold it against or to release.`)
}

/** It is shown in terminals and logs. */
function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .toWellFormed()
    .trim()
}
