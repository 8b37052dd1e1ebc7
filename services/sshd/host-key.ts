import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pRetry from 'p-retry'
import { fingerprint } from './fingerprint.ts'
import { generateKey, publicPart } from './key-file.ts'
import type { KeptFiles } from './options.ts'
import { writeOwn } from './run-files.ts'

export type HostKeyType = 'ed25519' | 'ecdsa' | 'rsa'

export interface InstalledKey {
  readonly type: HostKeyType
  readonly path: string
  readonly fingerprint: string
  /** False: it is not in the state folder, as far as is known; another one may take its place. */
  readonly kept: boolean
}

/** One host key of this pod, which outlives the runs of sshd. What is kept is never overwritten. */
export interface HostKey {
  readonly type: HostKeyType
  /** True when `install` need not make a key first, which takes long for RSA. */
  readonly isAtHand: boolean
  /** Takes up the key of the last start on this machine, if the folder still holds it: a start then waits for nothing. */
  recall(folder: string): Promise<boolean>
  /** Asks the state folder until it answers or `stop` aborts. Never rejects. */
  ask(stop: AbortSignal): Promise<void>
  /** Makes a key of our own for the case that the state folder does not answer; not for RSA, which takes long. */
  makeAhead(folder: string): Promise<void>
  /** Puts the key into the folder: the kept one, or one of our own as long as there is no other. */
  install(folder: string): Promise<InstalledKey>
  /** After the answer: keeps our own key if there was none. True when another key than the installed one is to be used. */
  settle(folder: string, stop: AbortSignal): Promise<boolean>
}

const pauses = { retries: Number.POSITIVE_INFINITY, minTimeout: 250, maxTimeout: 5000 }

export function hostKey(type: HostKeyType, files: KeptFiles, warn: (text: string) => void): HostKey {
  const name = `ssh_host_${type}_key`
  /** What the state folder holds; undefined until it has answered. */
  let kept: { readonly text: string } | 'nothing' | 'broken' | undefined
  /** Made here, or used by the last start. */
  let own: string | undefined
  let recalled = false
  let installed: string | undefined

  /** A broken key may have been mended meanwhile. */
  const ask = async (stop: AbortSignal) => {
    if (kept !== undefined && kept !== 'broken') return
    const text = await pRetry(() => files.readText(name), { ...pauses, signal: stop })
    kept = text === undefined ? 'nothing' : { text }
  }
  const keepOwn = (text: string) => {
    kept = { text }
    files.writeText(name, text).catch((error: unknown) => {
      warn(`the SSH host key ${name} is not on the volume yet: ${String(error)}`)
    })
  }
  const use = async (text: string, path: string): Promise<InstalledKey | undefined> => {
    await writeOwn(path, text, 0o600)
    installed = text
    const publicKey = await publicPart(path).catch(() => undefined) // no private key: another one is used
    if (publicKey === undefined) return undefined
    return {
      ...{ type, path, fingerprint: fingerprint(publicKey) },
      get kept() {
        return typeof kept === 'object' && kept.text === text
      },
    }
  }
  return {
    type,
    get isAtHand() {
      return type !== 'rsa' || own !== undefined || typeof kept === 'object'
    },
    async recall(folder) {
      if (kept === 'broken') return false // it may have been mended
      if (own !== undefined || kept !== undefined) return true
      own = await readFile(join(folder, name), 'utf8').catch(() => undefined) // the first start here
      recalled = own !== undefined
      return recalled
    },
    ask: (stop) => ask(stop).catch(() => {}), // only `stop` ends it without an answer
    async makeAhead(folder) {
      if (kept === undefined && type !== 'rsa') own ??= await generateKey(type, folder)
    },
    async install(folder) {
      const path = join(folder, name)
      if (typeof kept === 'object') {
        const key = await use(kept.text, path)
        if (key !== undefined) return key
        kept = 'broken'
      }
      let key = own === undefined ? undefined : await use(own, path)
      if (own === undefined || key === undefined) {
        recalled = false
        own = await generateKey(type, folder)
        key = await use(own, path)
      }
      if (key === undefined) throw new Error(`ssh-keygen made a ${type} key that it cannot read`)
      if (kept === 'nothing') keepOwn(own)
      else if (kept === 'broken' || !recalled) warn(notKept(name, kept, recalled))
      return key
    },
    async settle(folder, stop) {
      if (kept === undefined) await ask(stop).catch(() => {})
      if (typeof kept === 'object') return kept.text !== installed
      if (kept !== 'nothing' || stop.aborted) return false
      const isNew = own === undefined
      own ??= await generateKey(type, folder)
      keepOwn(own)
      return isNew
    },
  }
}

function notKept(name: string, kept: 'broken' | undefined, recalled: boolean): string {
  const what = recalled
    ? 'THE SSH HOST KEY OF THE LAST START IS IN USE'
    : 'A TEMPORARY SSH HOST KEY IS IN USE, clients will say that the host key has changed'
  const until =
    kept === 'broken'
      ? `the file ${name} in the state folder is no private key: put the right one there, or remove it, and restart sshd`
      : `the state folder does not answer for ${name}: the kept key is used as soon as it does`
  return `${what}; ${until}`
}
