import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { figures } from '../../fixtures/boot/figures.ts'
import { repository } from '../../fixtures/boot/podmate.ts'
import { closedClone } from '../../fixtures/closed-clone.ts'
import { ask } from '../../fixtures/http/ask.ts'
import { readStream } from '../../fixtures/http/read-stream.ts'
import { askLab, inTerminal, newKernel, runCell } from '../../fixtures/jupyter/notebook.ts'
import { machine } from '../../fixtures/pod/machine.ts'
import { commandLines, filesIn, forms, foundIn, marker } from '../../fixtures/pod/sentinel.ts'
import { needsDoors, type WholePod, wholePod } from '../../fixtures/pod/whole-pod.ts'
import { sshClient } from '../../fixtures/sshd/ssh-client.ts'

beforeEach(({ skip }) => skip(closedClone() !== undefined, closedClone()))

const teller = join(repository, 'test/fixtures/boot/tell-secrets.mjs')
const keptSecrets = ['ssh_host_ed25519_key', 'ssh_host_ecdsa_key', 'jupyter-token', 'api-token']
/** What an account that has nothing to do with the pod can read of its running files. */
const byOthers =
  'setpriv --reuid=4242 --regid=4242 --clear-groups find /run/podmate -type f -readable 2>/dev/null'

beforeEach(needsDoors)

describe('secrets of a whole pod', () => {
  test('reach the programs that they were passed to, and appear nowhere', async () => {
    const [on, client] = [await machine(), sshClient()]
    const password = marker('password')
    const privateKey = readFileSync(sshClient().privateKeyPath, 'utf8')
    const given = {
      API_TOKEN: marker('api').replaceAll('/', '-'),
      JUPYTER_TOKEN: marker('lab').replaceAll('/', '-'),
      HF_TOKEN: marker('hf'),
      RUNPOD_API_KEY: marker('runpod'),
      X_SECRET: marker('x'),
      DATABASE_URL: `postgres://me:${encodeURIComponent(password)}@db.example/games`,
      SSH_PUBLIC_KEY: privateKey,
    }
    const names = Object.keys(given)
    const env = {
      ...{ ...given, INFERENCE_API_VERBOSE: '1', START_JUPYTER: '1', NAMES_TO_TELL: names.join(',') },
      ...{ RUNPOD_REST_URL: 'http://127.0.0.1:9', RUNPOD_GRAPHQL_ENDPOINT: 'http://127.0.0.1:9/graphql' },
      ...{ PASS_SECRETS_TO_SSH: 'HF_TOKEN', PASS_SECRETS_TO_JUPYTER: 'X_SECRET' },
      ...{ PASS_SECRETS_TO_TRAINER: 'HF_TOKEN,DATABASE_URL', TRAIN_COMMAND: `${process.execPath} ${teller}` },
    }
    const pod = await wholePod(env, { on, client })
    const stream = await readStream(await pod.socket(), '/events?after=0')
    await Promise.all([pod.allReady(), pod.line('all told')])

    const passed = { ...(await seenBySsh(pod, names)), ...(await seenByNotebook(pod, names)) }
    expect(passed).toEqual({ ssh: ['HF_TOKEN'], kernel: ['X_SECRET'], terminal: ['X_SECRET'] })
    const told = (text: string) => pod.messages('trainer').flatMap((line) => line.match(text)?.[1] ?? [])
    expect(told('^(\\w+) is there$')).toEqual(['HF_TOKEN', 'DATABASE_URL'])

    await careless(pod, given.API_TOKEN)
    const answers = await Promise.all(
      [
        ...['/status', '/metrics', '/healthz', '/logs?lines=1000', '/openapi.json'],
        ...['/autostop?look=1', '/autostop/journal'],
      ].map((path) => pod.ask(path)),
    )
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    const places = {
      'command lines': commandLines(),
      answers: answers.map(({ text }) => text).join('\n'),
      'files that others may read': on.run(`${byOthers} -exec cat {} +; true`),
    }
    const readable = on.run(`${byOthers}; true`).trim().split('\n')
    expect(readable.map((path) => path.split('/').at(-1)).sort()).toEqual(['authorized_keys', 'session.sh'])
    await pod.stop()
    const afterwards = {
      ...{ ...places, stdout: pod.out.join('\n'), stderr: pod.err.join('\n') },
      events: stream.events.map(({ data }) => data).join('\n'),
      'log folder': filesIn(pod.logDir),
      'state folder': filesIn(pod.stateDir, keptSecrets),
    }
    const { DATABASE_URL: _, SSH_PUBLIC_KEY: __, ...plain } = given
    const lines = privateKey.split('\n').filter((line) => line.length > 20 && !line.startsWith('-'))
    const forbidden = forms([...Object.values(plain), password, ...lines])
    expect(afterwards.stdout).toContain('[redacted]')
    for (const [place, { length }] of Object.entries(afterwards))
      expect(length > 0 || place === 'stderr', `${place} is empty`).toBe(true)
    const found = Object.entries(afterwards).map(([place, text]) => [place, foundIn(text, forbidden)])
    figures('secrets over the whole pod', {
      'texts looked for': forbidden.length,
      places: found.length,
      'characters searched': Object.values(afterwards).reduce((sum, text) => sum + text.length, 0),
      found: found.filter(([, texts]) => texts?.length).length,
    })
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(found.map(([place]) => [place, []])))
  }, 180_000)
})

/** Which of the names an SSH session has. */
async function seenBySsh(pod: WholePod, names: readonly string[]) {
  const { out } = await pod.client.ssh(pod.sshPort, 'podrunner', 'env -0')
  return { ssh: withNames(out.split('\0'), names) }
}

async function seenByNotebook(pod: WholePod, names: readonly string[]) {
  const code = 'import os; print("\\0".join(os.environ)); os.write(2, os.environ["X_SECRET"].encode())'
  const kernel = await runCell(pod.lab, await newKernel(pod.lab), code)
  const line = `echo "[seen $(env | grep -oE '^(${names.join('|')})=' | tr '=\\n' '  ')]"`
  const shown = await inTerminal(pod.lab, line, /\[seen [\w ]*\]/)
  const terminal = /\[seen ([\w ]*)\]/.exec(shown)?.[1] ?? ''
  return {
    kernel: withNames(kernel.trim().split('\0'), names),
    terminal: withNames(terminal.split(' '), names),
  }
}

function withNames(assignments: readonly string[], names: readonly string[]): readonly string[] {
  const there = new Set(assignments.map((assignment) => assignment.split('=')[0]))
  return names.filter((name) => there.has(name))
}

/** What people do with tokens. */
async function careless(pod: WholePod, apiToken: string): Promise<void> {
  const url = await pod.url()
  await ask(url, { path: `/?token=${apiToken}` })
  await ask(url, { path: `/no/such?token=${apiToken}`, headers: { authorization: `Bearer ${apiToken}` } })
  await ask(pod.lab.address, { path: `/no/such?token=${pod.lab.token}` })
  await askLab(pod.lab, 'GET', `/files/none?token=${pod.lab.token}`)
}
