import { expect, test } from 'vitest'
import { sshClient } from '../fixtures/sshd/ssh-client.ts'
import { image } from './image.ts'
import { ImagePod } from './image-pod.ts'

const everything = {
  ...{ TRAIN_COMMAND: 'exec sleep 1000', RUNPOD_POD_ID: 'p1', RUNPOD_API_KEY: 'a-key-of-this-test' },
  ...{ HF_REPO_ID: 'a/b', HF_TOKEN: 'a-token-of-this-test', HF_ENDPOINT: 'http://127.0.0.1:1' },
}
/** All that may run as root, as `ps -o args` shows it. */
const roots = [
  /^\/usr\/bin\/tini -- /,
  /^\/bin\/sh \/opt\/podmate\/boot\/shim\.sh /,
  /^node \/opt\/podmate\/entrypoint\.ts$/,
  /^podmate (state|uploader)/,
  /^sshd: /,
  /^(\/bin\/sh -c|sh -c|ps) /,
]

test('only PID 1, the shim, podmate, its keepers of files and sshd run as root', async () => {
  const pod = new ImagePod({
    env: { ...everything, PUBLIC_KEY: sshClient().publicKey },
    prepare: 'mkdir workspace/chess-bot',
  })
  await pod.ready('sshd', 'http', 'inference', 'jupyter', 'trainer')
  const rows = (await pod.exec('ps -eo user=,pid=,args=')).out.trim().split('\n')
  const processes = rows.map((row) => /^(\S+)\s+(\d+) (.*)$/.exec(row) ?? [])
  const commandsOf = (user: string) => processes.flatMap(([, by, , args = '']) => (by === user ? [args] : []))
  expect(commandsOf('root').filter((args) => !roots.some((allowed) => allowed.test(args)))).toEqual([])
  const dropped = commandsOf('runner').join('\n')
  for (const program of [/^podmate model-host/m, /jupyter/, /^sleep 1000$/m]) expect(dropped).toMatch(program)

  const facts = async (pattern: string) => {
    const pid = processes.find(([, , , args = '']) => new RegExp(pattern).test(args))?.[2]
    const { out } = await pod.exec(`cat /proc/${pid}/oom_score_adj; grep Umask /proc/${pid}/status`)
    return out.trim().split(/\s+/)
  }
  expect((await facts('jupyter'))[2]).toBe('0022')
  expect((await facts('^podmate model-host'))[2]).toBe('0077')
  const [score, , umask] = await facts('^sleep 1000$')
  expect({ score: Number(score), umask }).toEqual({ score: 800, umask: '0022' })
  expect(Number((await facts('^sshd: '))[0])).toBeLessThanOrEqual(0)
  expect(Number((await facts('entrypoint.ts$'))[0])).toBeLessThanOrEqual(0)
})

test('nothing listens on a public address but SSH, JupyterLab and podmate', async () => {
  const pod = new ImagePod({ env: { ...everything, PUBLIC_KEY: sshClient().publicKey } })
  await pod.ready('sshd', 'http', 'inference', 'jupyter')
  const { out } = await pod.exec('ss -Hltun')
  const addresses = out
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/)[4] ?? '')
  const open = addresses.filter((address) => !/^(127\.|\[::1\])/.test(address))
  expect([...new Set(open.map((address) => Number(/\d+$/.exec(address)?.[0])))].sort()).toEqual([
    22, 8000, 8888,
  ])
  expect(Object.keys(image.config.ExposedPorts).sort()).toEqual(['22/tcp', '8000/tcp', '8888/tcp'])
})
