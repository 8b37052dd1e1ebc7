import type { Answer } from './call.ts'
import type { Traps } from './traps.ts'

/** What the edge in front of RunPod says to a client that does not name itself; undefined when it lets it through. */
export function edgeRefusal(userAgent: string | undefined, { refusesLibraries }: Traps): Answer | undefined {
  const isLibrary = /^(node|undici|Python-urllib)\b/i.test(userAgent ?? '')
  if (userAgent !== undefined && userAgent !== '' && !(refusesLibraries && isLibrary)) return undefined
  return { status: 403, text: 'error code: 1010' }
}
