import { once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { publicPorts } from '../../../services/ports/public-ports.ts'
import { ports } from '../../../services/ports/service.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'
import { testPod } from '../../fixtures/supervisor/test-pod.ts'

const head =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode'
const row = (local: string, state = '0A') =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 4711 1`

/** A /proc with these tables of sockets. */
function procWith(tcp: readonly string[], tcp6: readonly string[] = []): string {
  const proc = temporaryFolder()
  mkdirSync(join(proc, 'net'))
  writeFileSync(join(proc, 'net/tcp'), [head, ...tcp].join('\n'))
  writeFileSync(join(proc, 'net/tcp6'), [head, ...tcp6].join('\n'))
  return proc
}

test('publicPorts() counts what listens on an address that others can reach', async () => {
  const proc = procWith(
    [row('00000000:0016'), row('0100007F:1F40'), row('0201A8C0:1770'), row('00000000:0050', '01')],
    [
      row('00000000000000000000000000000000:0016'),
      row('00000000000000000000000001000000:1F41'),
      row('0000000000000000FFFF00000100007F:1F42'),
      row('0000000000000000FFFF00000201A8C0:22B8'),
    ],
  )
  expect(await publicPorts(proc)).toEqual([22, 6000, 8888])
  rmSync(join(proc, 'net/tcp6')) // a kernel without IPv6
  expect(await publicPorts(proc)).toEqual([22, 6000])
})

test('ports() is not ready while it cannot be told which ports are open', async () => {
  const proc = procWith([row('00000000:0016')])
  const table = join(proc, 'net/tcp')
  rmSync(table)
  const { pod } = testPod()
  const running = pod.run([ports({ allowed: [22], everyMs: 50, proc })])
  const mine = () => pod.status().services.ports
  await expect.poll(() => mine()?.reason).toMatch(/cannot be told which ports are open.*net\/tcp/)
  expect(mine()?.state).not.toBe('ready')
  writeFileSync(table, [head, row('00000000:0016')].join('\n'))
  await expect.poll(() => mine()?.state).toBe('ready')
  pod.shutdown('test over')
  await running
})

test('ports() is not ready while a port is open that nobody allowed, and says whose it is', async () => {
  const server = createServer().listen(0, '0.0.0.0')
  await once(server, 'listening')
  const { port } = server.address() as { port: number } // a listening TCP server has one
  const others = (await publicPorts()).filter((open) => open !== port)
  const { pod } = testPod()
  const running = pod.run([ports({ allowed: [...others], everyMs: 50 })])
  const mine = () => pod.status().services.ports
  await expect
    .poll(() => mine()?.reason, { timeout: 60_000 })
    .toContain(`port ${port} is open to other machines, by pid ${process.pid} (`)
  expect(mine()).toMatchObject({ state: 'degraded' })
  expect(mine()?.reason).toContain(`add ${port} to OPEN_PORTS`)
  server.close()
  await once(server, 'close')
  await expect.poll(() => mine()?.state, { timeout: 60_000 }).toBe('ready')
  pod.shutdown('test over')
  await running
})

test('ports() is disabled where no ports are named', () => {
  expect(ports({ allowed: undefined }).disabled).toBe('OPEN_PORTS is not set')
})
