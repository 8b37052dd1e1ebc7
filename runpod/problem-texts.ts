import { type ProblemDetails, RunpodProblem, type RunpodProblemKind } from './problem.ts'

/** Every way in which RunPod does not do what it is asked: what kind it is, and what to do about it. */
export const problemTexts = {
  noKey: ['auth', 'Set RUNPOD_API_KEY; inside a pod RunPod sets it by itself.'],
  badKey: [
    'auth',
    'Set RUNPOD_API_KEY to the key as RunPod shows it, without spaces, quotes or line breaks.',
  ],
  key: ['auth', 'The key was mistyped, revoked or has expired: set RUNPOD_API_KEY to a valid one.'],
  rights: [
    'auth',
    "The key may not do this: set RUNPOD_API_KEY to the pod's own key, or to one of the account that may write.",
  ],
  edge: [
    'unknown',
    "This came from something in front of RunPod's API and says nothing about the key: see whether the network of the pod lets https through to api.runpod.io.",
  ],
  balance: ['unknown', 'Add credit to the RunPod account.'],
  capacity: ['capacity', 'Ask again later, or for another GPU type or data centre.'],
  gone: ['not-found', 'See whether RUNPOD_POD_ID is right; a terminated pod does not come back.'],
  conflict: ['conflict', 'Look at the pod in the console of RunPod; a locked pod has to be unlocked there.'],
  rate: ['rate-limited', 'Ask again after the time that RunPod named, or after a minute.'],
  validation: [
    'validation',
    'RunPod may have changed its API: update podmate, or report the sentence above.',
  ],
  mutation: ['validation', 'Correct RUNPOD_STOP_MUTATION, or remove it for the texts that podmate knows.'],
  podId: ['validation', 'Set RUNPOD_POD_ID to the id of the pod; inside a pod RunPod sets it by itself.'],
  address: ['validation', 'Correct RUNPOD_REST_URL and RUNPOD_GRAPHQL_ENDPOINT, or remove them.'],
  retired: ['retired', 'RunPod has switched this interface off: update podmate.'],
  transient: ['transient', 'Ask again later; the status page of RunPod tells of larger failures.'],
  redirect: [
    'unknown',
    "Redirects are not followed. Set RUNPOD_REST_URL and RUNPOD_GRAPHQL_ENDPOINT to RunPod's own addresses.",
  ],
  foreign: [
    'unknown',
    "This is no answer of RunPod's API: see whether RUNPOD_REST_URL and RUNPOD_GRAPHQL_ENDPOINT are its addresses.",
  ],
  unknown: ['unknown', 'Look at the pod in the console of RunPod.'],
} as const satisfies Record<string, readonly [RunpodProblemKind, string]>

export type ProblemName = keyof typeof problemTexts

/** The problem of that name: what happened, then what to do about it. */
export function runpodProblem(
  name: ProblemName,
  happened: string,
  details: ProblemDetails = {},
): RunpodProblem {
  const [kind, remedy] = problemTexts[name]
  const sentence = /[.!?]"?$/.test(happened) ? happened : `${happened}.`
  return new RunpodProblem(kind, `${sentence} ${remedy}`, details)
}
