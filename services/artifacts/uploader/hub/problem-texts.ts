import { HubProblem, type ProblemDetails, type ProblemKind } from './hub-problem.ts'

/** Every way in which an upload does not go through: what kind it is, and what to do about it. */
export const problemTexts = {
  token: [
    'auth',
    'Make a token that may write at https://huggingface.co/settings/tokens and set HF_TOKEN to it.',
  ],
  role: [
    'auth',
    'Make a token of the type Write at https://huggingface.co/settings/tokens and set HF_TOKEN to it.',
  ],
  rights: [
    'auth',
    'Give the token, and its owner, the right to write to HF_REPO_ID (https://huggingface.co/settings/tokens), or set HF_REPO_ID to a repository of your own.',
  ],
  public: [
    'auth',
    'Make it private in its settings on the Hub, or allow a public one with HF_REPO_PUBLIC=warn.',
  ],
  type: [
    'not-found',
    'Set HF_REPO_TYPE to that, or HF_REPO_ID to another name; a second repository of the same name is made at https://huggingface.co/new.',
  ],
  name: ['bad-request', 'Set HF_REPO_ID to user/name or organisation/name: letters, digits and - _ . only.'],
  endpoint: [
    'bad-request',
    'Set HF_ENDPOINT to an https:// address, or remove it for https://huggingface.co.',
  ],
  gone: [
    'not-found',
    'See whether HF_REPO_ID still exists under that name, and whether HF_TOKEN may see it.',
  ],
  moved: ['not-found', 'Set HF_REPO_ID to the name that it has now.'],
  quota: [
    'quota',
    'Free space or buy more at https://huggingface.co/settings/billing, or delete old files of the repository.',
  ],
  tooLarge: ['too-large', 'Make the file smaller, or leave it out with HF_SYNC_PATTERNS.'],
  conflict: ['conflict', 'Nothing is lost: podmate compares again and commits what is still missing.'],
  changed: ['changed-file', 'It goes up when it is no longer being written.'],
  later: [
    'retry-later',
    'podmate tries again; https://status.huggingface.co tells whether the Hub has a problem.',
  ],
  refused: ['bad-request', 'This may be a fault of podmate: please report the sentence above.'],
} as const satisfies Record<string, readonly [ProblemKind, string]>

export type ProblemName = keyof typeof problemTexts

/** The problem of that name: what happened, then what to do about it. */
export function hubProblem(name: ProblemName, happened: string, details: ProblemDetails = {}): HubProblem {
  const [kind, remedy] = problemTexts[name]
  const sentence = /[.!?"]$/.test(happened) ? happened : `${happened}.`
  return new HubProblem(kind, `${sentence} ${remedy}`, details)
}
