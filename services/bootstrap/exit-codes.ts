/** How the bootstrap program ends when it fails; shown as `exit 11: <sentence>`. 0 is success, anything else is a fault of its own. */
export const exitCodes = {
  unreachable: 10,
  refMissing: 11,
  notARepository: 12,
  diskFull: 13,
  notAllowed: 14,
  gitFailed: 15,
  requirementsMissing: 20,
  venvFailed: 21,
  pipFailed: 22,
  timedOut: 124,
} as const
export type FailureKind = keyof typeof exitCodes

/** A failure that the user is told of: one sentence that names the variable and the remedy, and its exit code. */
export class BootstrapFailure extends Error {
  readonly kind: FailureKind

  constructor(kind: FailureKind, sentence: string, options?: ErrorOptions) {
    super(sentence, options)
    this.name = 'BootstrapFailure'
    this.kind = kind
  }

  get exitCode(): number {
    return exitCodes[this.kind]
  }
}
