/** What podctl's exit code says. */
export const exitCodes = {
  true: 0,
  notTrue: 1,
  usage: 2,
  notHere: 3,
  configuration: 78,
} as const

/** Ends podctl with a sentence on stderr and a code. */
export class PodctlError extends Error {
  readonly exitCode: number

  constructor(exitCode: number, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'PodctlError'
    this.exitCode = exitCode
  }
}
