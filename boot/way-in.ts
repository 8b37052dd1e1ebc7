import type { PodView } from '../supervisor/pod.ts'
import type { Service } from '../supervisor/service.ts'
import { aborted } from '../supervisor/time.ts'

/** What sshd tells while it still gets ready to start. */
const before: ReadonlySet<string> = new Set(['waiting', 'starting', 'report', 'notice'])

/**
 * Settles when sshd was started or is not to be, and after `ms` at the latest. What loads much code on the thread that
 * starts sshd waits for this: the way in comes first.
 */
export function wayIn(pod: Pick<PodView, 'onEvent'>, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const over = AbortSignal.timeout(ms)
  over.addEventListener('abort', () => resolve(), { once: true })
  pod.onEvent((event) => {
    const isSettled = 'service' in event && event.service === 'sshd' && !before.has(event.type)
    if (isSettled || event.type === 'pod-stopping') resolve()
  }, over)
  return promise
}

/** The same service, whose every run begins when `ready` has settled. */
export function notBefore(ready: Promise<void>, service: Service): Service {
  return {
    ...service,
    async run(ctx) {
      await Promise.race([ready, aborted(ctx.stop)])
      await service.run(ctx)
    },
  }
}
