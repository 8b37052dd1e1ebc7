import { serial } from './serial.ts'
import { pause } from './time.ts'

/** Runs one job at a time for each name; a job's signal aborts when the next one has waited for it long enough. */
export function newTurns(patienceMs: number) {
  const turns = new Map<
    string,
    { readonly inTurn: ReturnType<typeof serial>; readonly next: AbortController }
  >()
  return <Result>(name: string, job: (overdue: AbortSignal) => Promise<Result>): Promise<Result> => {
    const before = turns.get(name)
    if (before) void pause(patienceMs).then(() => before.next.abort())
    const turn = { inTurn: before?.inTurn ?? serial(), next: new AbortController() }
    turns.set(name, turn)
    return turn.inTurn(() => job(turn.next.signal))
  }
}
