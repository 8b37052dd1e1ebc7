import fastify, { type FastifyInstance } from 'fastify'
import { Registry } from 'prom-client'
import { afterEach, describe, expect, test } from 'vitest'
import { addArtifactMetrics } from '../../../services/artifacts/artifact-registry.ts'
import { artifactRoutes } from '../../../services/artifacts/artifact-routes.ts'
import { FlushBook } from '../../../services/artifacts/flush-book.ts'
import { sharedSchemas } from '../../../services/http/shared-schemas.ts'
import { uploadReport } from '../../fixtures/artifacts/upload-report.ts'

const apps: FastifyInstance[] = []
afterEach(async () => void (await Promise.all(apps.splice(0).map((app) => app.close()))))

/** The routes over a book of flushes that nobody works off. */
async function routesWith({ disabled, answerMs = 20_000 }: { disabled?: string; answerMs?: number } = {}) {
  const book = new FlushBook()
  const state = () => ({
    report: uploadReport({ activity: 'uploading', pendingFiles: 2, pendingBytes: 900, safeFiles: 1 }),
    reason: disabled,
    uploader: { pid: 1, rssBytes: 5000 },
    flushes: book.records,
  })
  const app = fastify({ ajv: { customOptions: { coerceTypes: false, removeAdditional: false } } })
  apps.push(app)
  for (const schema of sharedSchemas) app.addSchema(schema)
  await app.register(
    artifactRoutes({
      options: { disabled, flushDeadlineMs: 600_000, answerMs },
      ...{ state, flush: (ms) => book.begin(ms), records: () => book.records },
    }),
  )
  return { app, book, state }
}

describe('artifactRoutes()', () => {
  test('answers 202 with what is pending when a flush takes longer than a proxy waits, and lists it', async () => {
    const { app, book } = await routesWith({ answerMs: 20 })
    const late = await app.inject({
      ...{ method: 'POST', url: '/artifacts/flush', payload: { deadline_seconds: 90 } },
    })
    expect(late.statusCode).toBe(202)
    expect(late.json()).toMatchObject({
      ...{ id: 1, done: false, deadline_seconds: 90, pending: { files: 2, bytes: 900 } },
    })
    book.settle(1, { left: ['a.pt'], leftFiles: 1, leftBytes: 9, reason: 'the time was up' })
    expect((await app.inject('/artifacts')).json()).toMatchObject({
      ...{ activity: 'uploading', pending: { files: 2, bytes: 900 } },
      flushes: [{ id: 1, done: true, left_files: 1, left: ['a.pt'], reason: 'the time was up' }],
    })
  })

  test('answers 200 with what is left when it is done, and takes FLUSH_DEADLINE_SECONDS without a body', async () => {
    const { app, book } = await routesWith()
    const answer = app.inject({ method: 'POST', url: '/artifacts/flush' })
    await expect.poll(() => book.records).toHaveLength(1)
    book.settle(1, { left: [], leftFiles: 0, leftBytes: 0 })
    expect((await answer).statusCode).toBe(200)
    expect((await answer).json()).toMatchObject({
      done: true,
      deadline_seconds: 600,
      left_files: 0,
      left: [],
    })
  })

  test('answers 409 with the reason where nothing is uploaded', async () => {
    const { app } = await routesWith({ disabled: 'HF_TOKEN is not set' })
    const refused = await app.inject({ method: 'POST', url: '/artifacts/flush' })
    expect(refused.statusCode).toBe(409)
    expect(refused.json().message).toBe('uploading is off: HF_TOKEN is not set')
    expect((await app.inject('/artifacts')).json()).toMatchObject({ activity: 'off' })
  })

  test.each([
    { deadline_seconds: -1 },
    { deadline_seconds: 'soon' },
    { deadline: 1 },
    { deadline_seconds: 1e9 },
  ])('refuses %j', async (payload) => {
    const { app, book } = await routesWith()
    const { statusCode } = await app.inject({ method: 'POST', url: '/artifacts/flush', payload })
    expect(statusCode).toBe(400) // 422 by the HTTP service
    expect(book.records).toEqual([])
  })
})

test('addArtifactMetrics() shows the state as it is at each scrape', async () => {
  const { state } = await routesWith()
  const registry = new Registry()
  addArtifactMetrics(registry, state)
  const text = await registry.metrics()
  expect(text).toContain('podmate_hf_sync_pending_files 2\n')
  expect(text).toContain('podmate_hf_sync_pending_bytes 900\n')
  expect(text).toContain('podmate_hf_sync_safe_files 1\n')
  expect(text).toContain('podmate_hf_sync_last_success_timestamp_seconds 0\n')
  expect(text).toContain('podmate_hf_sync_uploader_memory_bytes 5000\n')
  for (const name of ['bytes_uploaded', 'commits', 'retries', 'files_committed'])
    expect(text).toContain(`# TYPE podmate_hf_sync_${name}_total counter\n`)
})
