import { runpodProblem } from './problem-texts.ts'

/**
 * The id, or throws: an empty one would address the collection of all pods, and an odd one something else. The text
 * does not repeat it, for what stands there may be a secret.
 */
export function checkedPodId(podId: string): string {
  if (podId === '') throw runpodProblem('podId', 'The pod id is empty')
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(podId)) {
    throw runpodProblem('podId', 'The pod id has characters in it that no pod id has, or too many')
  }
  return podId
}
