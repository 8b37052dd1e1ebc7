import { readFile } from 'node:fs/promises'

/** What the kernel calls listening. */
const listening = '0A'
/** 127.0.0.0/8, ::1 and 127.0.0.0/8 in IPv6, as /proc writes them. */
const loopback = /^([0-9A-F]{6}7F|0{24}01000000|0{16}FFFF0000[0-9A-F]{6}7F)$/

/** The TCP ports on which this machine can be reached from others, lowest first. Rejects where that cannot be told. */
export async function publicPorts(proc = '/proc'): Promise<readonly number[]> {
  const tables = [
    readFile(`${proc}/net/tcp`, 'utf8'),
    readFile(`${proc}/net/tcp6`, 'utf8').catch(emptyIfMissing), // a kernel without IPv6 has none
  ]
  const ports = (await Promise.all(tables)).flatMap(portsIn)
  return [...new Set(ports)].sort((one, other) => one - other)
}

function portsIn(table: string): readonly number[] {
  const rows = table.split('\n').map((line) => line.trim().split(/\s+/))
  return rows.flatMap(([, local = '', , state]) => {
    const [address = '', port = ''] = local.split(':')
    return state === listening && !loopback.test(address) ? [Number.parseInt(port, 16)] : []
  })
}

function emptyIfMissing(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return ''
  throw error
}
