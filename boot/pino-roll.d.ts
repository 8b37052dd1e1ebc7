/** pino-roll ships no types; this is the part of its documented options that podmate uses. */
declare module 'pino-roll' {
  import type { DestinationStream } from 'pino'

  interface RollOptions {
    readonly file: string
    readonly extension: string
    readonly size: string
    readonly limit: { readonly count: number }
    readonly mkdir: boolean
    readonly maxLength: number
  }
  export type RollingFile = DestinationStream & NodeJS.EventEmitter & { end(): void; destroy(): void }
  export default function roll(options: RollOptions): Promise<RollingFile>
}
