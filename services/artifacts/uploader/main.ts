import { setFlagsFromString } from 'node:v8'
import { hubFor } from './hub-for.ts'
import { Journal, journalName } from './journal.ts'
import { countFiles, makeReport } from './make-report.ts'
import { parentStore } from './parent-link.ts'
import type { FromUploader, ToUploader } from './protocol.ts'
import { startReports } from './reporter.ts'
import { Uploader } from './uploader.ts'

// The process that reads, hashes and sends: a hung volume hangs it alone, and its memory and CPU are its own.
process.title = 'podmate uploader'
// 100,000 files leave garbage of 250 MB behind when the heap may grow as it likes, and 65 MB that is needed.
setFlagsFromString('--optimize-for-size')
process.once('disconnect', () => process.exit(0))

const store = parentStore(send)
let uploader: Uploader | undefined

function send(message: FromUploader): void {
  if (process.connected) process.send?.(message)
}

function start({ options, token }: Extract<ToUploader, { type: 'start' }>): Uploader {
  const { hub, transfers } = hubFor(options, { token })
  const journal = new Journal(store, journalName(options.target))
  const world = { options, hub, journal, transfers, ownSecrets: [token] }
  const started = new Uploader({ ...world, tell: (event) => send({ type: 'event', event }) })
  startReports(started, (report) => send({ type: 'report', report }))
  // Nothing aborts it: it ends with the process.
  void started.run(new AbortController().signal)
  return started
}

process.on('message', (message) => {
  const order = message as ToUploader // the channel's other end sends nothing else
  if (order.type === 'start') uploader ??= start(order)
  else if (order.type === 'journal') store.answer(order)
  else void flush(order.id, order.deadlineMs)
})

async function flush(id: number, deadlineMs: number): Promise<void> {
  const nothing = { left: [], leftFiles: 0, leftBytes: 0, reason: 'the uploader was not started' }
  const outcome = (await uploader?.flush(deadlineMs)) ?? nothing
  // What is told beside the outcome must not be older than it.
  if (uploader) send({ type: 'report', report: makeReport(uploader, countFiles(uploader)) })
  send({ type: 'flushed', id, outcome })
}

send({ type: 'started' })
