import { Counter, Gauge, type Registry } from 'prom-client'
import type { LiveJob } from './live-job.ts'

/** Shows the last numbers of each job that reported to this run of podmate, read when they are scraped. */
export function addJobMetrics(registry: Registry, jobs: () => Iterable<LiveJob>): void {
  const registers = [registry]
  const reported = () => [...jobs()].filter(({ points }) => points > 0)
  new Gauge({
    name: 'podmate_training_last_step',
    help: 'The last step that a training job reported.',
    labelNames: ['job'],
    registers,
    collect() {
      this.reset()
      for (const { job, last } of reported()) this.set({ job: job.id }, last?.step ?? 0)
    },
  })
  new Gauge({
    name: 'podmate_training_value',
    help: 'The last value of each number that a training job reported; +Inf: it was not finite.',
    labelNames: ['job', 'name'],
    registers,
    collect() {
      this.reset()
      for (const { job, numbers } of reported())
        for (const [name, value] of numbers) this.set({ job: job.id, name }, value)
    },
  })
  new Counter({
    name: 'podmate_training_points_total',
    help: 'Points that a training job reported to this run of podmate.',
    labelNames: ['job'],
    registers,
    collect() {
      this.reset()
      for (const { job, points } of reported()) this.inc({ job: job.id }, points)
    },
  })
}
