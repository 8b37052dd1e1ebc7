import { ProgramEnded } from '../../supervisor/ending.ts'
import { PodError } from '../../supervisor/errors.ts'
import type { ServiceContext } from '../../supervisor/service.ts'
import { aborted, settledWithin } from '../../supervisor/time.ts'
import { atMostEvery } from './at-most-every.ts'
import { eventLine } from './event-line.ts'
import { flushText } from './flush-text.ts'
import type { ArtifactsOptions } from './options.ts'
import { serveJournal } from './serve-journal.ts'
import { standing } from './standing.ts'
import { statusDetails } from './status-details.ts'
import { timeForFlush } from './time-for-flush.ts'
import { askFlush, leftOf, type UploadDesk } from './upload-desk.ts'
import type { FromUploader } from './uploader/protocol.ts'
import { startUploader, type UploaderProcess } from './uploader-process.ts'

const reportEveryMs = 1000
const answerLateMs = 100

/** One uploader from its start to its end; ends it when the service is stopped, and flushes before. */
export async function runUploader(
  ctx: ServiceContext,
  options: ArtifactsOptions,
  desk: UploadDesk,
): Promise<void> {
  const stopping = stopwatch(ctx.podStopping)
  const uploader = await startUploader(options.env, ctx)
  const reports = atMostEvery(reportEveryMs, () => tellState(ctx, desk))
  desk.known.startOver()
  uploader.onMessage(listener(ctx, options, desk, uploader, reports.call))
  uploader.send({ type: 'start', options: options.upload, token: options.token })
  desk.process = uploader
  desk.parting = undefined
  try {
    await Promise.race([
      uploader.ended.then((ending) => Promise.reject(new ProgramEnded(ending))),
      aborted(ctx.stop).then(() => windDown(ctx, desk, stopping)),
    ])
  } finally {
    desk.process = undefined
    reports.stop()
    await uploader.end(ctx.kill)
    desk.flushes.fail(new PodError('NOT_RUNNING', 'the uploader ended before it was done'), leftOf(desk))
    ctx.report(statusDetails(desk.state()))
  }
}

function listener(
  ctx: ServiceContext,
  { journal, verbose }: ArtifactsOptions,
  { known, flushes }: UploadDesk,
  uploader: UploaderProcess,
  reported: () => void,
) {
  return (message: FromUploader): void => {
    switch (message.type) {
      case 'journal':
        void serveJournal(journal, message).then(uploader.send)
        break
      case 'report':
        known.take(message.report)
        reported()
        break
      case 'flushed':
        flushes.settle(message.id, message.outcome)
        reported()
        break
      case 'event': {
        const { level, text } = eventLine(message.event)
        ctx.log[level === 'debug' && verbose ? 'info' : level](text)
      }
    }
  }
}

function tellState(ctx: ServiceContext, { known, state }: UploadDesk): void {
  ctx.report(statusDetails(state()))
  const now = known.report && standing(known.report)
  if (now?.type === 'ready') ctx.ready()
  if (now?.type === 'degraded') ctx.notReady(now.reason)
}

/** Sends a last time what is not safe, for as long as there is time, and says what is left. */
async function windDown(ctx: ServiceContext, desk: UploadDesk, stoppingMs: () => number | undefined) {
  const ms = timeForFlush(ctx.program.timings, stoppingMs())
  const { id, outcome } = askFlush(desk, ms)
  desk.parting = id
  if (
    !(await settledWithin(
      outcome.catch(() => {}),
      ms + answerLateMs,
      ctx.kill,
    ))
  ) {
    desk.flushes.settle(id, { ...leftOf(desk), reason: 'the uploader did not answer in time' })
  }
  const came = await outcome
  ctx.log[came.leftFiles === 0 ? 'info' : 'warn'](flushText(came))
}

function stopwatch(signal: AbortSignal): () => number | undefined {
  let fromMs: number | undefined
  void aborted(signal).then(() => {
    fromMs = performance.now()
  })
  return () => (fromMs === undefined ? undefined : performance.now() - fromMs)
}
