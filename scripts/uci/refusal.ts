import type { IncomingHttpHeaders } from 'node:http'
import { detailOf } from '../podctl/client.ts'
import { NoAnswer } from './no-answer.ts'

/** What an answer other than 200 means to an engine: a sentence with the remedy, and whether it may pass. */
export function refusal(status: number, headers: IncomingHttpHeaders, body: unknown): NoAnswer {
  const detail = detailOf({ status, body })
  if (status === 401 || status === 403)
    return new NoAnswer(`${detail} Set the option Token, or the variable PODMATE_TOKEN.`, 'never')
  if (status >= 300 && status < 400)
    return new NoAnswer(
      `${detail} and leads to ${headers.location ?? 'nowhere'}: set the option URL`,
      'never',
    )
  if (![408, 425, 429].includes(status) && status < 500) return new NoAnswer(detail, 'never')
  const seconds = Number(headers['retry-after'])
  return new NoAnswer(detail, seconds > 0 ? 1000 * seconds : 'soon')
}
