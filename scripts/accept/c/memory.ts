import { readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import type { Finding, Line } from '../line.ts'
import { askingClients, type Heard } from './asking-clients.ts'
import { type ModelPod, modelPod } from './model-pod.ts'

/** What may come on top of the size before: fragments, caches that fill, and a garbage collector in no hurry. */
const growth = { share: 0.15, megabytes: 25 }

export interface MemoryLoad {
  readonly requests: number
  readonly swaps: number
  readonly clients: number
}

/** Full size: 200 swaps and 100,000 requests. */
export const memory: Line = {
  title: 'memory',
  check: () => memoryStaysFlat({ requests: 100_000, swaps: 200, clients: 16 }),
}

interface Size {
  readonly megabytes: number
  readonly files: number
}

/** Swaps and asks, and compares what the processes hold after a tenth of it with what they hold in the end. */
export async function memoryStaysFlat({ requests, swaps, clients }: MemoryLoad): Promise<readonly Finding[]> {
  const foldersBefore = hostFolders()
  const pod = await modelPod()
  const over = new AbortController()
  const { heard, ended } = askingClients(pod, clients, over.signal)
  try {
    const paths = [pod.put('1-e2e4.pt', 'e2e4'), pod.put('2-d2d4.pt', 'd2d4')]
    await swapTimes(pod, paths, Math.ceil(swaps / 10))
    const early = sizeOf(pod.pid)
    await swapTimes(pod, paths, swaps - Math.ceil(swaps / 10))
    const late = sizeOf(pod.pid)
    const host = await pod.hostPid()
    await answered(heard, heard.answers + Math.ceil(requests / 10))
    const hostEarly = sizeOf(host)
    const supervisorEarly = sizeOf(pod.pid)
    await answered(heard, requests)
    const findings = [
      compared(`supervisor over ${swaps} swaps`, early, late),
      compared(`host over ${heard.answers} requests`, hostEarly, sizeOf(host)),
      compared(`supervisor over ${heard.answers} requests`, supervisorEarly, sizeOf(pod.pid)),
    ]
    const left = hostFolders() - foldersBefore - 1
    over.abort()
    await ended
    return [
      ...findings,
      { fact: `${left} folders of ended hosts left`, holds: left <= 0 },
      {
        fact: `${heard.wrong.length} wrong answers, ${heard.failures.length} failures`,
        holds: heard.wrong.length + heard.failures.length === 0,
      },
    ]
  } finally {
    over.abort()
    await ended
    await pod.end()
  }
}

async function swapTimes(pod: ModelPod, paths: readonly string[], times: number): Promise<void> {
  for (let at = 0; at < times; at += 1) await pod.use(paths[at % paths.length] ?? '')
}

async function answered(heard: Heard, count: number): Promise<void> {
  while (heard.answers < count && heard.failures.length === 0) await pause(100)
}

function sizeOf(pid: number): Size {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return { megabytes: Number(kilobytes) / 1024, files: readdirSync(`/proc/${pid}/fd`).length }
}

function compared(what: string, before: Size, after: Size): Finding {
  const allowed = before.megabytes * (1 + growth.share) + growth.megabytes
  const flat = after.megabytes <= allowed && after.files <= before.files + 20
  const fact = `${what}: ${before.megabytes.toFixed(0)} to ${after.megabytes.toFixed(0)} MB, ${before.files} to ${after.files} open files`
  return { fact, holds: flat }
}

/** Folders of model hosts on this machine. */
function hostFolders(): number {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('podmate-model-host-')).length
}
