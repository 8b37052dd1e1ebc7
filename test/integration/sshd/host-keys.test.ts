import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { limitMs } from '../../fixtures/limit.ts'
import { hereWithKey } from '../../fixtures/sshd/here-with-key.ts'
import { needsSshd, type SshPod } from '../../fixtures/sshd/run-ssh-pod.ts'

const keyFile = (pod: SshPod, type = 'ed25519') => join(pod.stateDir, `ssh_host_${type}_key`)
const hostKeys = (pod: SshPod) => JSON.stringify(pod.details()?.host_keys)
const loud = 'A TEMPORARY SSH HOST KEY IS IN USE'

async function end(pod: SshPod): Promise<void> {
  pod.send('shutdown')
  await pod.ended
}

describe('sshd()', () => {
  beforeEach(needsSshd)

  test('is the same host after a restart of the pod, and of itself', async () => {
    const { pod: before } = await hereWithKey()
    expect(statSync(keyFile(before)).mode & 0o777).toBe(0o600)
    await end(before)
    const { pod } = await hereWithKey({ stateDir: before.stateDir })
    expect(hostKeys(pod)).toBe(hostKeys(before))
    pod.send('restart')
    await pod.ready(2)
    expect(hostKeys(pod)).toBe(hostKeys(before))
  })

  test('greets although the state folder does not answer, and takes the kept keys when it does', async () => {
    const { pod: before } = await hereWithKey()
    const kept = readFileSync(keyFile(before), 'utf8')
    await end(before)
    const { pod, client } = await hereWithKey({ stateDir: before.stateDir, hangs: true })
    const at = (type: string) => pod.events.find((event) => event.type === type)?.ms ?? Number.NaN
    expect(at('ready') - at('starting')).toBeLessThan(limitMs(1500))
    expect(hostKeys(pod)).not.toBe(hostKeys(before))
    expect(pod.log.filter((line) => line.includes(loud))).toHaveLength(2)
    const session = client.open(pod.port, 'root', 'echo begun; read line; echo "$line"')
    await new Promise((resolve) => session.stdout?.once('data', resolve))
    pod.send('answer')
    await pod.ready(2)
    expect(hostKeys(pod)).toBe(hostKeys(before))
    expect(readFileSync(keyFile(before), 'utf8')).toBe(kept)
    const last = new Promise((resolve) => session.stdout?.once('data', (chunk) => resolve(String(chunk))))
    session.stdin?.write('still here\n')
    expect(await last).toBe('still here\n')
  })

  test('keeps the keys that it made when the state folder answers late and has none', async () => {
    const { pod } = await hereWithKey({ hangs: true })
    const made = hostKeys(pod)
    pod.send('answer')
    await expect.poll(() => existsSync(keyFile(pod))).toBe(true)
    await end(pod)
    const { pod: after } = await hereWithKey({ stateDir: pod.stateDir })
    expect(hostKeys(after)).toBe(made.replaceAll('"kept":false', '"kept":true'))
  })

  test('does not replace a key that it cannot read: it says so loudly and uses another one', async () => {
    const { pod: before } = await hereWithKey()
    await end(before)
    const right = readFileSync(keyFile(before), 'utf8')
    writeFileSync(keyFile(before), 'not a key any more')
    const { pod, client } = await hereWithKey({ stateDir: before.stateDir })
    expect((await client.ssh(pod.port, 'root', 'true')).code).toBe(0)
    expect(await pod.line(loud)).toContain('ssh_host_ed25519_key in the state folder is no private key')
    expect(readFileSync(keyFile(before), 'utf8')).toBe('not a key any more')
    expect(pod.details()?.host_keys).toMatchObject([{ kept: false }, { type: 'ecdsa', kept: true }])
    writeFileSync(keyFile(before), right)
    pod.send('restart')
    await pod.ready(2)
    expect(hostKeys(pod)).toBe(hostKeys(before))
  })

  test('makes an RSA key on request, while it greets already', async () => {
    const { pod } = await hereWithKey({ rsaHostKey: true })
    await pod.ready(2)
    expect(pod.details()?.host_keys).toMatchObject([
      { type: 'ed25519' },
      { type: 'ecdsa' },
      { type: 'rsa', kept: true },
    ])
    expect(existsSync(keyFile(pod, 'rsa'))).toBe(true)
    expect(pod.output()).not.toContain('PRIVATE KEY')
  })
})
