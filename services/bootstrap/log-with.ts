import type { Logger } from 'pino'

/** A log that lets `takes` look at each line of a program first; what it takes is not written. */
export function logWith(log: Logger, takes: (line: string) => boolean): Logger {
  const info: Logger['info'] = (...args: readonly unknown[]) => {
    const line = args.at(-1)
    if (typeof line === 'string' && takes(line)) return
    Reflect.apply(log.info, log, args)
  }
  return Object.create(log, { info: { value: info } }) as Logger // all else is the log's own, by its prototype
}
