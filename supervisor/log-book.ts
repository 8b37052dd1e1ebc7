import type { LogLine } from './pod.ts'

const keptPerService = 1000

export interface LogBook {
  /** A pino destination: takes one JSON line, redacts it, keeps it and hands it to every sink. */
  write(json: string): void
  lines(service: string | undefined, count: number): readonly LogLine[]
  listen(listener: (line: LogLine) => void, signal?: AbortSignal): void
}

/** Where every log line passes through once. `sinks` take the redacted JSON line (stdout, the rolling file). */
export function newLogBook(
  redact: (text: string) => string,
  sinks: readonly ((json: string, line: LogLine) => void)[],
): LogBook {
  const kept = new Map<string, LogLine[]>()
  const listeners = new Set<(line: LogLine) => void>()
  return {
    write(raw) {
      const { json, line } = safely(redact(raw))
      const ring = kept.get(line.service) ?? []
      kept.set(line.service, ring)
      ring.push(line)
      if (ring.length > keptPerService) ring.shift()
      for (const sink of sinks) sink(json, line)
      for (const listener of [...listeners]) listener(line)
    },
    lines(service, count) {
      const rings = service === undefined ? [...kept.values()].flat() : (kept.get(service) ?? [])
      return [...rings].sort((a, b) => a.at - b.at).slice(-count)
    },
    listen(listener, signal) {
      if (signal?.aborted) return
      listeners.add(listener)
      signal?.addEventListener('abort', () => listeners.delete(listener), { once: true })
    },
  }
}

/** A secret that looks like JSON can break the line when it is taken out: such a line is withheld whole. */
function safely(json: string): { readonly json: string; readonly line: LogLine } {
  try {
    return { json, line: parseLine(json) }
  } catch {
    const withheld = `${JSON.stringify({ level: 40, time: Date.now(), service: 'podmate', msg: 'a log line was withheld: it contained a secret' })}\n`
    return { json: withheld, line: parseLine(withheld) }
  }
}

const ownFields = new Set(['level', 'time', 'service', 'stream', 'msg', 'err', 'pid', 'hostname'])

function parseLine(json: string): LogLine {
  const record = JSON.parse(json) as Record<string, unknown> // pino writes it: one object a line
  const { time, service, stream, msg, err } = record
  const extra = Object.entries(record).filter(([name]) => !ownFields.has(name))
  const words = [String(msg ?? ''), ...extra.map(([name, value]) => `${name}=${JSON.stringify(value)}`)]
  if (isError(err)) words.push(`(${err.message})`)
  return {
    at: typeof time === 'number' ? time : Date.now(),
    service: typeof service === 'string' ? service : 'podmate',
    stream: stream === 'stdout' || stream === 'stderr' ? stream : 'log',
    text: words.filter(Boolean).join(' '),
  }
}

function isError(value: unknown): value is { readonly message: string } {
  return typeof value === 'object' && value !== null && 'message' in value
}
