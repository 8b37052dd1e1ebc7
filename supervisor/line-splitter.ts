import { StringDecoder } from 'node:string_decoder'
import { stripVTControlCharacters } from 'node:util'
import type { LineRate } from './line-rate.ts'

const maxLineBytes = 16 * 1024
/** Read beyond the cut, so that a secret that straddles it can be recognised before it is cut. */
const slackBytes = 4 * 1024
const newline = 10
const carriageReturn = 13

export interface LineSplitter {
  push(chunk: Buffer): void
  /** Hands out what is left of an unfinished last line. */
  end(): void
}

/**
 * Cuts a program's output into lines: `\n`, `\r\n` and the bare `\r` of progress bars end one; terminal codes go,
 * invalid UTF-8 is replaced, a line over 16 KB is cut and marked. Memory is bounded whatever comes, and lines beyond
 * the rate are counted without being decoded.
 */
export function lineSplitter(
  onLine: (text: string) => void,
  rate: LineRate,
  redact: (text: string) => string,
): LineSplitter {
  const line = newPendingLine()
  const finish = () => {
    if (line.empty()) return
    if (!rate.admit()) {
      line.take()
      rate.drop(1)
      return
    }
    const text = clean(line.take(), redact)
    if (text !== '') onLine(text)
  }
  return {
    push(chunk) {
      let from = rate.exhausted() ? skipLines(chunk, line, rate) : 0
      while (from < chunk.length) {
        const end = lineEnd(chunk, from)
        line.add(chunk.subarray(from, end))
        if (end === chunk.length) break
        finish()
        from = end + 1
      }
    },
    end() {
      finish()
      rate.end()
    },
  }
}

interface RawLine {
  readonly bytes: Buffer
  readonly cutBytes: number
}

/** The bytes of a line that has not ended yet: the first 20 KB are kept, the rest is only counted. */
function newPendingLine() {
  let parts: Buffer[] = []
  let keptBytes = 0
  let cutBytes = 0
  return {
    empty: () => keptBytes === 0,
    add(part: Buffer) {
      const kept = part.subarray(0, Math.max(0, maxLineBytes + slackBytes - keptBytes))
      // Copied: a view would keep the whole 64 KB chunk of the pipe alive.
      if (kept.length > 0) parts.push(Buffer.from(kept))
      keptBytes += kept.length
      cutBytes += part.length - kept.length
    },
    take(): RawLine {
      const taken = { bytes: Buffer.concat(parts), cutBytes }
      parts = []
      keptBytes = 0
      cutBytes = 0
      return taken
    },
  }
}

/** Counts the whole lines of a chunk and says where the unfinished last one begins. */
function skipLines(chunk: Buffer, line: { take(): unknown }, rate: LineRate): number {
  let lines = 0
  let from = 0
  for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, from)) {
    lines += 1
    from = at + 1
  }
  if (lines === 0) return 0
  line.take()
  rate.drop(lines)
  return from
}

function lineEnd(chunk: Buffer, from: number): number {
  const lf = chunk.indexOf(newline, from)
  const end = lf === -1 ? chunk.length : lf
  const cr = chunk.subarray(from, end).indexOf(carriageReturn)
  return cr === -1 ? end : from + cr
}

function clean(line: RawLine, redact: (text: string) => string): string {
  const text = redact(stripVTControlCharacters(new StringDecoder('utf8').write(line.bytes)))
  const over = Buffer.byteLength(text) - maxLineBytes
  if (over <= 0 && line.cutBytes === 0) return text.trimEnd()
  const kept = Buffer.from(text).subarray(0, maxLineBytes).toString('utf8')
  return `${kept} [cut: ${Math.max(0, over) + line.cutBytes} bytes more]`
}
