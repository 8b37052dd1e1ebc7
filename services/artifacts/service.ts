import type { FastifyPluginAsync } from 'fastify'
import type { Registry } from 'prom-client'
import type { JsonObject, Service } from '../../supervisor/service.ts'
import { artifactRoutes } from './artifact-routes.ts'
import { type ArtifactsState, flushView } from './artifacts-view.ts'
import { FlushBook } from './flush-book.ts'
import { KnownReport } from './known-report.ts'
import type { ArtifactsOptions } from './options.ts'
import { rssOf } from './rss-of.ts'
import { runUploader } from './run-uploader.ts'
import { askFlush, leftOf, type UploadDesk } from './upload-desk.ts'
import type { FlushOutcome } from './uploader/protocol.ts'

export type { ArtifactsOptions } from './options.ts'

/** As many as an uploader names. */
const namesLeft = 1000

/** How others meet uploads. */
export interface ArtifactsPort {
  /**
   * Sends all that can be sent within the time, and says what is left. Rejects with a PodError (NOT_RUNNING) when nothing
   * is uploaded here, or when the uploader ends meanwhile.
   */
  flush(deadlineMs?: number): Promise<FlushOutcome>
  state(): ArtifactsState
}

export interface Artifacts {
  readonly service: Service
  readonly port: ArtifactsPort
  readonly routes: FastifyPluginAsync
  /** Adds what was counted to the registry of /metrics. */
  metrics(registry: Registry): Promise<void>
  /** For the report of a shutdown: what was flushed or is left; null where nothing is uploaded. */
  lastWords(): JsonObject | null
}

/** Keeps a repository on Hugging Face equal to folders: a forked uploader that may die at any time, and what shows it. */
export function artifacts(options: ArtifactsOptions): Artifacts {
  const known = new KnownReport()
  const flushes = new FlushBook()
  const state = (): ArtifactsState => {
    const { process } = desk
    const down = process ? undefined : 'uploading is not running; `podctl status` says why'
    return {
      report: known.report,
      reason: options.disabled ?? down,
      uploader: process && { pid: process.pid, rssBytes: rssOf(process.pid) },
      flushes: flushes.records,
    }
  }
  const desk: UploadDesk = { known, flushes, state, process: undefined, parting: undefined }
  const flush = (deadlineMs = options.flushDeadlineMs) => askFlush(desk, deadlineMs)
  return {
    service: {
      name: 'artifacts',
      stopTier: 'save',
      ...(options.disabled === undefined ? {} : { disabled: options.disabled }),
      run: (ctx) => runUploader(ctx, options, desk),
    },
    port: { flush: async (deadlineMs) => await flush(deadlineMs).outcome, state },
    routes: artifactRoutes({ options, state, flush, records: () => flushes.records }),
    async metrics(registry) {
      // prom-client is loaded by the first scrape.
      const { addArtifactMetrics } = await import('./artifact-registry.ts')
      addArtifactMetrics(registry, state)
    },
    lastWords() {
      if (options.disabled !== undefined) return null
      const parting = flushes.records.find(({ id }) => id === desk.parting)
      if (parting) return flushView(parting, namesLeft)
      const { left, leftFiles, leftBytes } = leftOf(desk)
      const counts = { left_files: leftFiles, left_bytes: leftBytes, left }
      return { done: false, ...counts, reason: 'uploading was not running when the pod stopped' }
    },
  }
}
