import { describe, expect, test } from 'vitest'
import { type HostCounters, networkBytes } from '../../../services/telemetry/host-counters.ts'
import { hostSample } from '../../../services/telemetry/host-rates.ts'
import { mountsOf } from '../../../services/telemetry/mounts.ts'
import { parseDf } from '../../../services/telemetry/watch-disks.ts'

const counters: HostCounters = {
  ...{ atMs: 10_000, cores: 7.5, cpuSeconds: 100, cpuPercent: undefined },
  ...{ memoryUsedBytes: 5, memoryTotalBytes: 9, receivedBytes: 1000, sentBytes: 2000 },
}
const noDisks = { disks: [], problem: undefined }

describe('hostSample()', () => {
  test('counts CPU against the cores that the container may use', () => {
    const later = { ...counters, atMs: 20_000, cpuSeconds: 115, receivedBytes: 6000, sentBytes: 2000 }
    expect(hostSample(later, counters, noDisks)).toMatchObject({
      ...{ cpuPercent: 20, cores: 7.5, receivedBytesPerSecond: 500, sentBytesPerSecond: 0 },
    })
  })

  test('never shows more than 100 %, which a quota lets through for a moment', () => {
    const later = { ...counters, atMs: 11_000, cpuSeconds: 109 }
    expect(hostSample(later, counters, noDisks).cpuPercent).toBe(100)
  })

  test('knows no rate at first, and none when a counter began anew', () => {
    const unknown = { cpuPercent: undefined, receivedBytesPerSecond: undefined }
    expect(hostSample(counters, undefined, noDisks)).toMatchObject(unknown)
    const anew = { ...counters, atMs: 20_000, cpuSeconds: 1, receivedBytes: 0 }
    expect(hostSample(anew, counters, noDisks)).toMatchObject(unknown)
  })

  test('takes the measured percent where there are no CPU seconds', () => {
    const whole = { ...counters, cpuSeconds: undefined, cpuPercent: 12.5 }
    expect(hostSample(whole, whole, noDisks).cpuPercent).toBe(12.5)
  })
})

describe('networkBytes()', () => {
  test('adds up what leaves the machine, without the loopback and the bridges of containers', () => {
    const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 99000 10 0 0 0 0 0 0 99000 10 0 0 0 0 0 0
  eth0: 1000 10 0 0 0 0 0 0 2000 20 0 0 0 0 0 0
wlp2s0:500 1 0 0 0 0 0 0 70 1 0 0 0 0 0 0
docker0: 4000 10 0 0 0 0 0 0 4000 10 0 0 0 0 0 0
veth12ab: 4000 10 0 0 0 0 0 0 4000 10 0 0 0 0 0 0
`
    expect(networkBytes(text)).toEqual({ received: 1500, sent: 2070 })
  })
})

describe('mountsOf()', () => {
  const mountinfo = `22 27 0:21 / /proc rw - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
41 27 0:50 / /workspace rw,relatime - fuse mfs#eu rw
42 27 0:51 / /my\\040disk rw,relatime - ext4 /dev/vdb rw
`
  test('finds the volume of each folder once, of those that do not exist, too', () => {
    const folders = [
      '/',
      '/workspace/.podmate',
      '/workspace',
      '/home/me/repo',
      '/workspaces',
      '/my disk/models',
    ]
    expect(mountsOf(folders, mountinfo)).toEqual(['/', '/workspace', '/my disk'])
  })

  test('gives back the folders where there is no mountinfo', () => {
    expect(mountsOf(['/', '/tmp', '/'], undefined)).toEqual(['/', '/tmp'])
  })
})

describe('parseDf()', () => {
  test.each([
    ['/dev/vda 51475068 20211 48824096 1% /', '/', 20_211, 51_475_068],
    ['mfs#eu:9421 1000 1000 0 100% /workspace', '/workspace', 1000, 1000],
    ['map auto_home 0 0 0 - /System/Volumes/my data', '/System/Volumes/my data', 0, 0],
    ['/dev/vda 1000 1010 -10 101% /over', '/over', 1010, 1000],
  ])('reads %j', (line, mount, used, total) => {
    expect(parseDf(line)).toEqual({ mount, usedBytes: used * 1024, totalBytes: total * 1024 })
  })

  test.each([
    'Filesystem 1024-blocks Used Available Capacity Mounted on',
    'df: /gone: No such file or directory',
  ])('takes %j for no volume', (line) => expect(parseDf(line)).toBeUndefined())
})
