import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { expect, it } from 'vitest'
import { startPodmate } from '../../fixtures/boot/podmate.ts'

const listening = '0A'
const loopbacks = /^(0100007F|00000000000000000000000001000000|0000000000000000FFFF00000100007F):/

/** The ports on which one of these processes can be reached from outside this machine. */
function publicPorts(pids: readonly number[]): readonly number[] {
  const inodes = new Set(pids.flatMap(socketsOf))
  const rows = ['tcp', 'tcp6'].flatMap((name) => readFileSync(`/proc/net/${name}`, 'utf8').split('\n'))
  return rows.flatMap((row) => {
    const [, local = '', , state, , , , , , inode = ''] = row.trim().split(/\s+/)
    if (state !== listening || !inodes.has(inode) || loopbacks.test(local)) return []
    return [Number.parseInt(local.split(':')[1] ?? '', 16)]
  })
}

function socketsOf(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? []
    } catch {
      return [] // closed meanwhile
    }
  })
}

it.each([
  ['127.0.0.1', 0],
  ['0.0.0.0', 1],
])(
  'podmate that is told to listen on %s has %i port open to the outside, that of http',
  async (host, count) => {
    const pod = startPodmate({ INFERENCE_API_HOST: host })
    await expect.poll(() => pod.state('inference'), { timeout: 60_000 }).toBe('ready')
    const own = Number(new URL(await pod.url()).port)
    const pids = [pod.pid, ...pod.family().members.map(({ pid }) => pid)]
    expect(pids.length).toBeGreaterThan(2)
    expect(publicPorts(pids)).toEqual(Array(count).fill(own))
  },
)
