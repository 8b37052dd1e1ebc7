import type { Answer } from './call.ts'
import type { Effect } from './faults.ts'

/** The answer that a fault gives in the place of the real one; undefined when it does something else. */
export function faultAnswer(effect: Effect): Answer | undefined {
  switch (effect.fault) {
    case 'answer':
      return plainFault(effect)
    case 'errors': {
      const errors = [{ message: effect.message, extensions: { code: 'RUNPOD' } }]
      return { status: 200, json: { errors, data: effect.data ?? null } }
    }
    case 'html': {
      const text = '<html><head><title>Bad gateway</title></head><body>cloud edge</body></html>'
      return { status: effect.status, headers: { 'Content-Type': 'text/html' }, text }
    }
    case 'redirect':
      return { status: effect.status ?? 302, headers: { Location: effect.to } }
    default:
      return undefined
  }
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  410: 'Gone',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
}

/** The body of an error of REST v2. */
export function problemBody(status: number, detail: string, errors?: readonly string[]): object {
  return { title: titles[status] ?? 'Error', status, detail, ...(errors && { errors }) }
}

function plainFault({ status, detail, retryAfter, text }: Extract<Effect, { fault: 'answer' }>): Answer {
  const headers = retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }
  if (text !== undefined) return { status, headers, text }
  return { status, headers, json: problemBody(status, detail ?? `Injected ${status}`) }
}
