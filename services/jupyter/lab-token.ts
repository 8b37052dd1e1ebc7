import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'

export interface TokenOptions {
  /** JUPYTER_TOKEN, else JUPYTER_PASSWORD; undefined when the user set neither. */
  readonly token: string | undefined
  /** The one that is kept for this pod; rejects while the volume does not answer. */
  generatedToken(): Promise<string>
  /** Called with a token that was made here, so that it is shown nowhere. */
  hide(secret: string): void
}

/** The token of Jupyter, the same for the life of this process. */
export interface LabToken {
  /** Undefined before the first start. */
  current(): string | undefined
  read(log: Logger): Promise<string>
}

/** Reads the token once; one of this start's own takes its place when the volume is away. */
export function labToken({ token, generatedToken, hide }: TokenOptions): LabToken {
  let known = token
  return {
    current: () => known,
    async read(log) {
      if (known !== undefined) return known
      const made = await generatedToken().catch((err: unknown) => {
        log.warn({ err }, 'the token cannot be kept: this one is for this start only (podctl jupyter-url)')
        return randomBytes(16).toString('hex')
      })
      hide(made)
      known = made
      return made
    },
  }
}
