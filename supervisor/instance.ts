import { readProcess } from './process-table.ts'

let id: string | undefined

/** What the marks of all our processes end in: `<pid>-<start>` of the first podmate that they came from. */
export function instanceId(): string {
  id ??= `${process.pid}-${readProcess(process.pid)?.startTicks ?? 0}`
  return id
}

/**
 * Makes the processes of a podmate that was killed our own: whatever carries its marks is ended before a service starts
 * anew, and at the end. To be called before the first service starts.
 */
export function continueInstance(ofPredecessor: string): void {
  id = ofPredecessor
}
