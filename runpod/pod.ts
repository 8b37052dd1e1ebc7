import { z } from 'zod'

/** What podmate keeps of a pod. Never its `env`, which comes in clear text with every read. */
export interface Pod {
  readonly id: string
  /** REST v2: PROVISIONING STARTING RUNNING EXITED ERROR TERMINATED; others may come. */
  readonly status: string
  /** US dollars, container disk included; 0 once it is stopped, although its volume still costs. Undefined: not told. */
  readonly costPerHour: number | undefined
  /** Epoch milliseconds: when its current run began, which a crash of its container does not change. Undefined: not told. */
  readonly startedMs: number | undefined
  /** A locked pod cannot be stopped; undefined: not told. */
  readonly locked: boolean | undefined
}

/** What an action answers with, as far as it is used. */
export const podState = z.object({ id: z.string().min(1), status: z.string().min(1) })
export type PodState = z.output<typeof podState>

/** A moment in any form that is understood; another one is not told. */
const moment = z
  .string()
  .nullish()
  .catch(undefined)
  .transform((text) => {
    const ms = Date.parse(text ?? '')
    return Number.isNaN(ms) ? undefined : ms
  })

/** A pod of REST v2. */
export const restPod = podState
  .extend({ cost: z.number().nonnegative(), locked: z.boolean().optional(), startedAt: moment })
  .transform(
    ({ id, status, cost, locked, startedAt }): Pod => ({
      ...{ id, status, costPerHour: cost, startedMs: startedAt, locked },
    }),
  )

const dollars = z.union([
  z.number(),
  z
    .string()
    .regex(/^\d+(\.\d+)?$/)
    .transform(Number),
])

/** The answer to `pod(input)`: a pod that is not there is null, one that was terminated can still look stopped. */
export const graphqlPod = z
  .object({
    id: z.string().min(1),
    desiredStatus: z.string().min(1),
    costPerHr: dollars.nullish(),
    lastStartedAt: moment,
    lastStatusChange: z.string().nullish(),
  })
  .transform(({ id, desiredStatus, costPerHr, lastStartedAt, lastStatusChange }): Pod => {
    const isTerminated = lastStatusChange?.startsWith('Terminated by') ?? false
    const status = isTerminated ? 'TERMINATED' : desiredStatus
    const costPerHour = costPerHr ?? undefined
    return { id, status, costPerHour, startedMs: lastStartedAt, locked: undefined }
  })
  .nullable()
