import type { PodStatus } from '../../../supervisor/status.ts'

/** The id of an event in a stream: its number and the run of podmate that counts so. Pure. */
export function eventId(startedAt: number, seq: number): string {
  return `${seq}@${startedAt}`
}

/**
 * After which event a stream goes on, given the last id that its reader has seen (`17@<run>` or just `17`);
 * undefined when that is of another run, or nonsense, so that only a snapshot can help. Pure.
 */
export function resumePoint(lastId: string | undefined, status: PodStatus): number | undefined {
  const [, digits, run] = /^(\d{1,15})(?:@(\d{1,15}))?$/.exec(lastId ?? '') ?? []
  if (digits === undefined || (run !== undefined && Number(run) !== status.startedAt)) return undefined
  const seq = Number(digits)
  return seq <= status.seq ? seq : undefined
}
