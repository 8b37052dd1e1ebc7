import { Connection, requestOf } from './connection.ts'
import type { Job, Measured, Outcome } from './job.ts'

// The process that both servers are asked by: one of its own, which takes as little as it can of the cores they need.

interface Answer {
  readonly atMs: number
  readonly tookMs: number
}

interface Clock {
  readonly startMs: number
  /** Not before the first answer that counts: on a busy machine it may take longer than all that was planned. */
  endMs: number
  hasAnswers: boolean
}

async function measure({ port, clients, rampMs, measureMs, scripts }: Job): Promise<Measured> {
  const requests = scripts.map(({ moves, lengths }) =>
    lengths.map((length) => requestOf(moves.slice(0, length))),
  )
  const next = requests.values()
  const connections = await Promise.all(Array.from({ length: clients }, () => Connection.open(port)))
  const startMs = performance.now() + rampMs
  const clock: Clock = { startMs, endMs: startMs + measureMs, hasAnswers: false }
  const cpuBefore = process.cpuUsage()
  const answers = await Promise.all(connections.map((connection) => askAll(connection, next, clock)))
  const { user, system } = process.cpuUsage(cpuBefore)
  const percent = (user + system) / 10 / (performance.now() - startMs + rampMs)
  for (const connection of connections) connection.close()
  return { ...summary(answers.flat(), clock), clientPercent: percent }
}

/** One client. The first that finds no script left ends the time for all: fewer clients would be another load. */
async function askAll(
  connection: Connection,
  next: Iterator<readonly Buffer[]>,
  clock: Clock,
): Promise<readonly Answer[]> {
  const answers: Answer[] = []
  for (;;) {
    const script = next.next()
    if (script.done) {
      clock.endMs = Math.min(clock.endMs, performance.now())
      return answers
    }
    for (const request of script.value) {
      const askedMs = performance.now()
      if (askedMs >= clock.endMs && clock.hasAnswers) return answers
      const body = await connection.ask(request)
      const atMs = performance.now()
      if (!body.includes('"best_legal":"')) throw new Error(`an answer without a move: ${body.slice(0, 300)}`)
      answers.push({ atMs, tookMs: atMs - askedMs })
      if (!clock.hasAnswers && atMs >= clock.startMs) firstAnswer(clock, atMs)
    }
  }
}

function firstAnswer(clock: Clock, atMs: number): void {
  clock.hasAnswers = true
  clock.endMs = Math.max(clock.endMs, atMs + 1)
}

function summary(answers: readonly Answer[], { startMs, endMs }: Clock) {
  const times = answers.filter(({ atMs }) => atMs >= startMs && atMs < endMs).map(({ tookMs }) => tookMs)
  if (times.length === 0) throw new Error('no answer came while it was measured')
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.floor(share * times.length)] ?? Number.NaN
  return {
    perSecond: (times.length / (endMs - startMs)) * 1000,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    answers: times.length,
  }
}

process.once('message', async (message) => {
  const job = message as Job // the other end of the channel is run-clients.ts
  const outcome = await measure(job).then(
    (measured): Outcome => ({ type: 'measured', measured }),
    (error: unknown): Outcome => ({ type: 'failed', reason: String(error) }),
  )
  process.send?.(outcome, () => process.disconnect?.())
})
