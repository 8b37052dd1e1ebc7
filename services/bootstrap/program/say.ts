import type { JsonObject } from '../../../supervisor/service.ts'
import { withoutUserInfo } from '../repo-url.ts'
import { type Word, wordLine } from '../words.ts'

/** One line of log. */
export function say(level: 'info' | 'warn', text: string): void {
  write({ type: 'said', level, text: withoutUserInfo(text) })
}

/** Replaces one half of the service's details in /status. */
export function report(part: 'repo' | 'requirements', details: JsonObject): void {
  write({ type: 'report', part, details })
}

/** Why this program is about to end with a code other than 0. */
export function sayFailed(sentence: string): void {
  write({ type: 'failed', sentence: withoutUserInfo(sentence) })
}

/** A line of a foreign program. */
export function passOn(tool: string, line: string): void {
  process.stdout.write(`${tool}: ${withoutUserInfo(line)}\n`)
}

function write(word: Word): void {
  process.stdout.write(`${wordLine(word)}\n`)
}
