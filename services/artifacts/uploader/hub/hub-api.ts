import type { RepoDesignation } from '@huggingface/hub'
import type { z } from 'zod'
import type { Errand } from './errand.ts'
import { type HubFetch, hubFetch } from './hub-fetch.ts'
import type { HubOptions } from './hub-options.ts'
import { RequestFailure } from './request-failure.ts'
import { type HubTiming, usualTiming } from './retry-delay.ts'

/** The Hub as one token sees one repository. */
export interface HubApi {
  readonly timing: HubTiming
  readonly fetch: HubFetch
  /** The address of the repository's page. */
  readonly page: string
  /** What the functions of the library are told. */
  library(errand: Errand): {
    readonly repo: RepoDesignation & { readonly name: string }
    readonly hubUrl: string
    readonly accessToken: string
    readonly fetch: typeof fetch
  }
  /** The address of what is below `/api/<type>/<repository>/`. */
  address(path: string): string
  /** Asks one of those addresses; a body goes out as JSON. */
  ask<T>(path: string, answer: z.ZodType<T>, errand: Errand, body?: unknown): Promise<T>
  /** POST with the token to any address of the Hub. */
  post<T>(url: string, answer: z.ZodType<T>, errand: Errand, body: Blob | string, type: string): Promise<T>
}

export function hubApi({ target, token, version, timing = usualTiming, onRetry }: HubOptions): HubApi {
  const endpoint = target.endpoint.replace(/\/+$/, '')
  const fetchFor = hubFetch({ token, userAgent: `podmate/${version}`, timing, ...(onRetry && { onRetry }) })
  const authorization = { Authorization: `Bearer ${token}` }
  const api: HubApi = {
    timing,
    fetch: fetchFor,
    page: `${endpoint}/${target.repoType === 'model' ? '' : `${target.repoType}s/`}${target.repoId}`,
    address: (path) => `${endpoint}/api/${target.repoType}s/${target.repoId}/${path}`,
    library: (errand) => ({
      repo: { type: target.repoType, name: target.repoId },
      hubUrl: endpoint,
      accessToken: token,
      fetch: fetchFor(errand),
    }),
    async ask(path, answer, errand, body) {
      const url = api.address(path)
      if (body !== undefined) return api.post(url, answer, errand, JSON.stringify(body), 'application/json')
      return parsed(await fetchFor(errand)(url, { headers: authorization }), answer)
    },
    async post(url, answer, errand, body, type) {
      const headers = {
        ...authorization,
        'Content-Type': type,
        Accept: type === lfsType ? type : 'application/json',
      }
      return parsed(await fetchFor(errand)(url, { method: 'POST', headers, body }), answer)
    },
  }
  return api
}

/** The type of what is said about LFS objects. */
export const lfsType = 'application/vnd.git-lfs+json'

async function parsed<T>(response: Response, answer: z.ZodType<T>): Promise<T> {
  const text = await response.text()
  try {
    return answer.parse(JSON.parse(text))
  } catch (error) {
    throw new RequestFailure('the answer is not what the Hub is known to answer', { cause: error })
  }
}
