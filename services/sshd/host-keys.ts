import { settledWithin } from '../../supervisor/time.ts'
import { hostKey, type InstalledKey } from './host-key.ts'
import type { KeptFiles } from './options.ts'

export interface HostKeyOptions {
  readonly files: KeptFiles
  readonly rsa: boolean
  /** How long a start waits for the state folder. */
  readonly waitMs: number
  warn(text: string): void
}

export interface HostKeys {
  /** Puts the keys that are at hand into the folder, mode 0600. Settles soon, whatever the state folder does. */
  install(folder: string, stop: AbortSignal): Promise<readonly InstalledKey[]>
  /** Settles when the state folder has answered; true when sshd is to be started anew, with other keys. */
  outdated(folder: string, stop: AbortSignal): Promise<boolean>
}

/** The host keys of this pod: Ed25519 and ECDSA from the first start on, RSA as soon as there is one. */
export function hostKeys({ files, rsa, waitMs, warn }: HostKeyOptions): HostKeys {
  const types = ['ed25519', 'ecdsa', ...(rsa ? (['rsa'] as const) : [])] as const
  const keys = types.map((type) => hostKey(type, files, warn))
  const answerOrNewKeys = async (folder: string, stop: AbortSignal) => {
    const asked = settledWithin(Promise.all(keys.map((key) => key.ask(stop))), waitMs, stop)
    await settledWithin(asked, waitMs / 4)
    // What does not answer at once may not answer at all: the keys that are needed then are made meanwhile.
    await Promise.all([asked, ...keys.map((key) => key.makeAhead(folder))])
  }
  return {
    async install(folder, stop) {
      const recalled = await Promise.all(keys.map((key) => key.recall(folder)))
      if (recalled.includes(false)) await answerOrNewKeys(folder, stop)
      return Promise.all(keys.filter((key) => key.isAtHand).map((key) => key.install(folder)))
    },
    outdated(folder, stop) {
      const { promise, resolve, reject } = Promise.withResolvers<boolean>()
      const settled = keys.map(async (key) => {
        if (await key.settle(folder, stop)) resolve(true)
      })
      Promise.all(settled).then(() => resolve(false), reject)
      return promise
    },
  }
}
