import { unfit } from './job-problem.ts'
import type { PointBatch } from './job-store.ts'

/** The numbers that every control plane knows; any further ones are taken too. */
export const knownNumbers = [
  'epoch',
  'loss',
  'eval_loss',
  'learning_rate',
  'grad_norm',
  'samples_per_second',
  'elapsed_seconds',
  'remaining_seconds',
  'progress',
  'gpu_memory_allocated_gb',
  'gpu_memory_reserved_gb',
] as const

export const pointsAtMost = 20_000
export const namesAtMost = 100
const longestName = 100
const notFinite: readonly unknown[] = ['NaN', 'Infinity', '-Infinity']
/** A timestamp below this is in seconds: as milliseconds it would be before 1973. */
const secondsBelow = 1e11

/** The points of a request: one, or an array. Throws a JobProblem (422) that names the field. */
export function readPoints(jobId: string, body: unknown, nowMs: number): PointBatch {
  const points: readonly unknown[] = Array.isArray(body) ? body : [body]
  if (points.length > pointsAtMost)
    throw unfit(`${points.length} points are too many: send at most ${pointsAtMost} at once`)
  const objects = points.map((point, at) => byRank(demandObject(point, Array.isArray(body) ? `[${at}]` : '')))
  const places = placesOf(objects)
  const steps = new Float64Array(points.length)
  const times = new Float64Array(points.length)
  const values = new Float64Array(points.length * places.size).fill(Number.NaN)
  objects.forEach((object, row) => {
    const where = Array.isArray(body) ? `[${row}].` : ''
    steps[row] = readStep(object.step, where)
    times[row] = readTime(object.timestamp, where, nowMs)
    for (const name in object) {
      const place = places.get(name)
      if (place !== undefined) values[row * places.size + place] = readNumber(object[name], where + name)
    }
  })
  return { jobId, steps, times, names: [...places.keys()], values }
}

type Fields = Readonly<Record<string, unknown>>

function demandObject(point: unknown, where: string): Fields {
  if (typeof point === 'object' && point !== null && !Array.isArray(point)) return point as Fields // its fields are looked at one by one
  throw unfit(
    `${where || 'the body'} must be an object such as {"step": 1, "loss": 2.5}, or an array of them`,
  )
}

const shared: readonly string[] = ['step', 'timestamp', 'epoch']

/** Several processes report the same steps: the numbers of all but the first are named by the rank that they came from. */
function byRank(point: Fields): Fields {
  const { rank, ...rest } = point
  if (typeof rank !== 'number' || !Number.isInteger(rank) || rank < 1) return point
  return Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [
      shared.includes(name) ? name : `rank${rank}/${name}`,
      value,
    ]),
  )
}

/** The names of all numbers, in the order in which they come. */
function placesOf(objects: readonly Fields[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>()
  for (const object of objects)
    for (const name in object)
      if (name !== 'step' && name !== 'timestamp' && !places.has(name)) places.set(name, places.size)
  if (places.size > namesAtMost)
    throw unfit(`${places.size} names of numbers are too many: a job has at most ${namesAtMost}`)
  for (const name of places.keys()) {
    if (name.length > longestName || !name.isWellFormed() || name === '__proto__' || name.trim() === '')
      throw unfit(
        `"${name.slice(0, 20).toWellFormed()}…" is no name for a number: it has 1 to ${longestName} characters`,
      )
  }
  return places
}

function readStep(step: unknown, where: string): number {
  if (typeof step === 'number' && Number.isSafeInteger(step) && step >= 0) return step
  throw unfit(`"${where}step" must be a whole number, 0 or more, not ${shown(step)}`)
}

function readTime(time: unknown, where: string, nowMs: number): number {
  if (time === undefined || time === null) return nowMs
  if (typeof time !== 'number' || !(time >= 0 && time <= 8.64e15))
    throw unfit(`"${where}timestamp" must be milliseconds (or seconds) since 1970, not ${shown(time)}`)
  return Math.round(time < secondsBelow ? time * 1000 : time)
}

function readNumber(value: unknown, where: string): number {
  // JSON can say 1e999: it is read as Infinity, which the store keeps as "not finite".
  if (typeof value === 'number') return value
  if (value === null) return Number.NaN
  if (notFinite.includes(value)) return Number.POSITIVE_INFINITY
  throw unfit(`"${where}" must be a number, not ${shown(value)}`)
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing'
  const text = JSON.stringify(value)
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}
