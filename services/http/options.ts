import type { FastifyPluginAsync } from 'fastify'
import type { Registry } from 'prom-client'
import type { PodView } from '../../supervisor/pod.ts'
import type { JsonObject } from '../../supervisor/service.ts'

/** Every wait of http, in milliseconds: a parameter, so that tests need not wait as long as users may. */
export interface HttpTimings {
  /** First and longest pause between two attempts to get the TCP port. */
  readonly retryFirstMs: number
  readonly retryCapMs: number
  /** Every request is answered within this time, if need be by 503. */
  readonly answerMs: number
  /** A command asked for on the control socket, where no proxy cuts, may take this long. */
  readonly commandMs: number
  readonly heartbeatMs: number
  /** A stream whose reader takes nothing for this long is cut off. */
  readonly stallMs: number
  readonly headersMs: number
  /** Backstop for a body that never ends although its request was answered. */
  readonly requestMs: number
  readonly keepAliveMs: number
}

export const defaultHttpTimings: HttpTimings = {
  retryFirstMs: 1000,
  retryCapMs: 30_000,
  answerMs: 30_000,
  commandMs: 600_000,
  heartbeatMs: 15_000,
  stallMs: 30_000,
  headersMs: 10_000,
  requestMs: 60_000,
  keepAliveMs: 65_000,
}

export interface HttpOptions {
  readonly host: string
  /** 0 takes any free port; undefined leaves the TCP listener off and `portProblem` says why. */
  readonly port: number | undefined
  readonly portProblem?: string
  /** The first that can be bound is the control socket. */
  readonly socketPaths: readonly string[]
  /** Numeric group that may use the control socket besides its owner. */
  readonly socketGroup?: number
  /** The token that the user set; undefined when there is none. */
  readonly apiToken: string | undefined
  /** The token that podmate made for itself; rejects while the volume does not answer. */
  generatedToken(): Promise<string>
  readonly pod: PodView
  readonly routes: readonly FastifyPluginAsync[]
  /** Adds what a service counts to the first scrape. */
  readonly metrics?: readonly ((registry: Registry) => void | Promise<void>)[]
  /** What /healthz says besides `ok` and the states of the services. */
  health(): JsonObject
  /** Called once per request to a route with `config.activity`. */
  onActivity(): void
  readonly version: string
  readonly verbose: boolean
  readonly timings?: Partial<HttpTimings>
}
