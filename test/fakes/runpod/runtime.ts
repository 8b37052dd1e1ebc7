import type { FakePod } from './pod-state.ts'
import type { Traps } from './traps.ts'

interface Port {
  readonly inside: number
  readonly outside: number
  readonly type: string
  readonly ip: string
}

/** Public ports change with each start; those of http have an address that is not the pod's. */
export function portsOf({ ports, starts }: FakePod): readonly Port[] {
  return ports.map((text, at) => {
    const [inside = '', type = 'tcp'] = text.split('/')
    const ip = type === 'http' ? '100.65.0.101' : '45.23.12.1'
    return { inside: Number(inside), outside: 40_000 + starts * 100 + at, type, ip }
  })
}

export function runtimeShown({ status }: FakePod, { losesRuntime, keepsRuntime }: Traps): boolean {
  if (status === 'RUNNING') return !losesRuntime
  return status === 'EXITED' && keepsRuntime
}

/** Seconds since the container began; falls back when it crashed. */
export function uptimeSeconds({ containerMs }: FakePod, nowMs: number): number {
  return Math.floor((nowMs - containerMs) / 1000)
}
