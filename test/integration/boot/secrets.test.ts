import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Podmate, repository, startWithoutModel } from '../../fixtures/boot/podmate.ts'
import { readStream } from '../../fixtures/http/read-stream.ts'

const tell = `exec ${process.execPath} ${join(repository, 'test/fixtures/boot/tell-secrets.mjs')}`

/** A marker in each secret: one of its characters is another one in a URL. */
const marker = (name: string) => `${name}/${randomUUID()}`
const secrets = () => ({
  API_TOKEN: marker('api-token').replaceAll('/', '-'),
  HF_TOKEN: marker('hf'),
  X_SECRET: marker('x'),
  DATABASE_URL: `postgres://me:${encodeURIComponent(marker('password'))}@db.example/games`,
})
const names = Object.keys(secrets())

/** The texts that must not be found: each secret as it is and as it stands in a URL. */
function forbidden({ DATABASE_URL = '', ...given }: Readonly<Record<string, string>>): readonly string[] {
  const password = /me:(.*)@/.exec(DATABASE_URL)?.[1] ?? ''
  const plain = [...Object.values(given), password, decodeURIComponent(password)]
  return [...new Set([...plain, ...plain.map(encodeURIComponent)])]
}

/** A text together with all that it says in base64, wherever in a word that begins. */
function withDecoded(text: string): string {
  const words = text.match(/[\w+/-]{12,}/g) ?? []
  const decoded = words.flatMap((word) =>
    [0, 1, 2, 3].map((from) => Buffer.from(word.slice(from), 'base64').toString('latin1')),
  )
  return [text, ...decoded].join('\n')
}

describe('secrets', () => {
  test('are in no output of podmate, although the trainer prints them in every form', async () => {
    const given = secrets()
    const pod = startWithoutModel({
      ...given,
      TRAIN_COMMAND: tell,
      NAMES_TO_TELL: names.join(','),
      PASS_SECRETS_TO_TRAINER: names.join(','),
    })
    const stream = await readStream(await pod.socket(), '/events?after=0')
    await pod.line('all told')
    expect(pod.messages('trainer').filter((text) => text.endsWith('is there'))).toHaveLength(names.length)
    const answers = await Promise.all(
      ['/status', '/metrics', '/healthz', '/logs?lines=1000', '/openapi.json'].map((path) => pod.ask(path)),
    )
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    const commandLines = pod.family().members.map(({ pid }) => textOf(`/proc/${pid}/cmdline`))
    await pod.stop()
    const places = {
      stdout: pod.out.join('\n'),
      stderr: pod.err.join('\n'),
      answers: answers.map(({ text }) => text).join('\n'),
      events: stream.events.map(({ data }) => data).join('\n'),
      'command lines': commandLines.join('\n'),
      'log folder': filesIn(join(pod.folder, 'log')),
      'state folder': filesIn(pod.stateDir),
    }
    expect(places.stdout).toContain('[redacted]')
    for (const [place, text] of Object.entries(places)) {
      expect(text.length, `${place} is empty`).toBeGreaterThan(place === 'stderr' ? -1 : 0)
      const all = withDecoded(text)
      const found = forbidden(given).filter((secret) => all.includes(secret))
      expect(found, `found in ${place}`).toEqual([])
    }
  })

  test('are withheld from the trainer, and podmate says which', async () => {
    const given = secrets()
    const pod = startWithoutModel({ ...given, TRAIN_COMMAND: tell, NAMES_TO_TELL: names.join(',') })
    await pod.line('all told')
    expect(pod.messages('trainer').filter((text) => text.endsWith('is not there'))).toHaveLength(names.length)
    expect(environmentOf(pod, await trainerPid(pod))).not.toMatch(new RegExp(`^(${names.join('|')})=`, 'm'))
    for (const name of names) {
      const told = pod.messages('trainer').filter((text) => text.startsWith(`${name} withheld from trainer`))
      expect(told).toEqual([`${name} withheld from trainer; add it to PASS_SECRETS_TO_TRAINER`])
    }
  })

  test('of the environment reach neither the state process nor the model host', async () => {
    const given = secrets()
    const pod = startWithoutModel({ ...given, START_INFERENCE_API: '1' })
    await pod.line(/"inference".*runs as pid/)
    await expect.poll(() => pod.family().members.length).toBeGreaterThanOrEqual(2)
    for (const { pid } of pod.family().members) {
      expect(environmentOf(pod, pid)).not.toMatch(new RegExp(`^(${names.join('|')})=`, 'm'))
    }
  })

  test('made by podmate itself are in the state folder alone, for its owner only', async () => {
    const pod = startWithoutModel()
    await expect.poll(() => pod.state('state'), { timeout: 60_000 }).toBe('ready')
    const { token } = (await pod.ask('/token')).json()
    expect(pod.kept('api-token').trim()).toBe(token)
    expect(statSync(join(pod.stateDir, 'pod-of-a-test', 'api-token')).mode & 0o777).toBe(0o600)
    await pod.stop()
    expect([...pod.out, ...pod.err, filesIn(join(pod.folder, 'log'))].join('\n')).not.toContain(token)
  })
})

async function trainerPid(pod: Podmate): Promise<number> {
  return (await pod.service('trainer'))?.pid ?? 0
}

/** NAME=value lines. */
function environmentOf(pod: Podmate, pid: number): string {
  expect(pod.family().members.some((entry) => entry.pid === pid)).toBe(true)
  return textOf(`/proc/${pid}/environ`).replaceAll('\0', '\n')
}

function textOf(path: string): string {
  return readFileSync(path, 'utf8')
}

/** All that lies in a folder, in one text. */
function filesIn(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => textOf(join(entry.parentPath, entry.name)))
    .join('\n')
}
