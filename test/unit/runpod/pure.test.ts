import fc from 'fast-check'
import { expect, test } from 'vitest'
import { graphqlAddress, restAddress } from '../../../runpod/addresses.ts'
import { graphqlPod, restPod } from '../../../runpod/pod.ts'
import { checkedPodId } from '../../../runpod/pod-id.ts'
import { redact } from '../../../runpod/redact.ts'
import { askedDelayMs } from '../../../runpod/retry-after.ts'
import { customStop, inlineForm, inputForm } from '../../../runpod/stop-mutation.ts'

const now = Date.parse('2026-11-01T12:00:00Z')

test.for([
  [{ 'retry-after': '12' }, 12_000],
  [{ 'retry-after': '0' }, 0],
  [{ 'retry-after': 'Sun, 01 Nov 2026 12:00:09 GMT' }, 9000],
  [{ 'retry-after': 'Sun, 01 Nov 2026 11:00:00 GMT' }, 0],
  [{ 'retry-after': 'soon' }, undefined],
  [{ 'retry-after': '-5' }, undefined],
  [{ 'retry-after': '99999999' }, 3_600_000],
  [{ ratelimit: '"minute";r=0;t=12, "hour";r=5;t=900' }, 12_000],
  [{ ratelimit: '"minute";r=0;t=12, "hour";r=0;t=900' }, 900_000],
  [{ ratelimit: '"minute";r=7;t=12' }, undefined],
  [{}, undefined],
] as const)('askedDelayMs() of %j is %s', ([headers, ms]) => {
  expect(askedDelayMs(new Headers(headers), now)).toBe(ms)
})

test.for([
  ['https://api.runpod.io', 'https://api.runpod.io/v2/pods/abc'],
  ['https://api.runpod.io/', 'https://api.runpod.io/v2/pods/abc'],
  ['https://api.runpod.io/v2', 'https://api.runpod.io/v2/pods/abc'],
  ['https://api.runpod.io/v2/', 'https://api.runpod.io/v2/pods/abc'],
  ['https://proxy.example/runpod', 'https://proxy.example/runpod/v2/pods/abc'],
  ['https://api.runpod.io?api_key=rpa_1#x', 'https://api.runpod.io/v2/pods/abc'],
] as const)('restAddress() of %s is %s', ([base, address]) => {
  expect(restAddress(base, ['pods', 'abc']).href).toBe(address)
})

test.for([[[]], [['pods', '']], [['pods', '..', 'x']], [['.', 'x']]] as const)(
  'restAddress() refuses the path %j',
  ([path]) => {
    expect(() => restAddress('https://api.runpod.io', path)).toThrow('empty')
  },
)

test.for(['', 'no address', 'https://user:secret@api.runpod.io'])(
  'restAddress() refuses the base %j without repeating it',
  (base) => {
    expect(() => restAddress(base, ['pods'])).toThrow(/^The address of RunPod's API is none/)
  },
)

test('restAddress() encodes its parts and the query', () => {
  const { href } = restAddress('https://api.runpod.io', ['pods', 'a/b?c'], { limit: '5' })
  expect(href).toBe('https://api.runpod.io/v2/pods/a%2Fb%3Fc?limit=5')
})

test('graphqlAddress() drops the key that old notes put into it', () => {
  const { href } = graphqlAddress('https://api.runpod.io/graphql?api_key=rpa_secret')
  expect(href).toBe('https://api.runpod.io/graphql')
})

test.for(['7h9k2m4n6p', 'pod_abc123', 'a', 'A-1'])('checkedPodId() takes %s', (id) => {
  expect(checkedPodId(id)).toBe(id)
})

test.for(['', ' ', 'a/b', '../x', 'a b', 'a?x=1', '"', 'é', '-a', 'a'.repeat(65), 'a\n'])(
  'checkedPodId() refuses %j',
  (id) => {
    expect(() => checkedPodId(id)).toThrow(/^The pod id .* Set RUNPOD_POD_ID/)
  },
)

const key = fc.stringMatching(/^rpa_[A-Za-z0-9]{20,50}$/)

test('redact() leaves no key and no eight characters of it in any text, in any case and encoding', () => {
  fc.assert(
    fc.property(key, fc.string(), fc.string(), fc.nat(40), (secret, before, after, cut) => {
      const forms = [
        secret,
        secret.toUpperCase(),
        secret.slice(cut),
        secret.slice(0, cut),
        `Bearer ${secret}`,
      ]
      const text = forms.map((form) => `${before}${form}${after}`).join('\n')
      const shown = redact(text, secret).toLowerCase()
      const kept = Array.from({ length: secret.length - 7 }, (_, at) =>
        secret.slice(at, at + 8).toLowerCase(),
      )
      // A text that says so by itself, such as `[runpod_api_key]`, is none of it.
      expect(kept.filter((part) => shown.replaceAll('[runpod_api_key]', '').includes(part))).toEqual([])
    }),
  )
})

test('redact() finds a key that was percent-encoded', () => {
  expect(redact('at https://x/?k=ab%2Fcd%3D%3D', 'ab/cd==')).toBe('at https://x/?k=[RUNPOD_API_KEY]')
})

test('redact() leaves other texts alone', () => {
  const text = 'RunPod answered 403: "access denied".'
  expect(redact(text, 'rpa_0123456789ABCDEF')).toBe(text)
  expect(redact(text, '')).toBe(text)
})

test.for([
  ['mutation ($podId: String!) { podStop(input: {podId: $podId}) {id} }', { podId: 'abc' }, undefined],
  [
    'mutation S($input: PodStopInput!) { podStop(input: $input) {id} }',
    { input: { podId: 'abc' } },
    undefined,
  ],
  ['mutation ($podId: String!) { podStop(input: {podId: $podId}) {podId} }', { podId: 'abc' }, undefined],
  [
    'mutation { podStop(input: {podId: {podId}}) {id} }',
    undefined,
    'mutation { podStop(input: {podId: "abc"}) {id} }',
  ],
  [
    'mutation { podStop(input: {podId: "{podId}"}) {id} }',
    undefined,
    'mutation { podStop(input: {podId: "abc"}) {id} }',
  ],
  ['mutation { podStop(input: {podId: "abc"}) {id} }', undefined, undefined],
] as const)('customStop() puts the id into %s', ([text, variables, query]) => {
  const made = customStop(text, 'abc')
  expect(made.variables).toEqual(variables)
  expect(made.query).toBe(query ?? text)
})

test.for(['mutation { stopAll }', 'mutation { podStop(input: {podId: "other"}) {id} }'])(
  'customStop() refuses %s, which does not name the pod',
  (text) => {
    expect(() => customStop(text, 'abc')).toThrow('neither {podId} nor a variable $podId')
  },
)

test('inputForm() and inlineForm() ask for nothing back of a terminate', () => {
  expect(inputForm('terminate', 'abc')).toEqual({
    query: 'mutation ($input: PodTerminateInput!) { podTerminate(input: $input) }',
    variables: { input: { podId: 'abc' } },
  })
  expect(inlineForm('terminate', 'abc').query).toBe('mutation { podTerminate(input: { podId: "abc" }) }')
})

test('restPod and graphqlPod keep no env, whatever else comes', () => {
  const secret = 'hunter2-is-a-secret'
  const rest = restPod.parse({
    id: 'abc',
    status: 'RUNNING',
    cost: 0.69,
    locked: false,
    env: { PASSWORD: secret },
    brandNew: { field: 1 },
  })
  const graphql = graphqlPod.parse({ id: 'abc', desiredStatus: 'RUNNING', costPerHr: '0.74', env: [secret] })
  expect(rest).toEqual({ id: 'abc', status: 'RUNNING', costPerHour: 0.69, locked: false })
  expect(graphql).toEqual({ id: 'abc', status: 'RUNNING', costPerHour: 0.74, locked: undefined })
})

test.for([{ cost: '0.69' }, { cost: -1 }, { status: '' }, { status: null }, { id: undefined }])(
  'restPod refuses a pod with %j',
  (wrong) => {
    const { success } = restPod.safeParse({ id: 'abc', status: 'RUNNING', cost: 1, ...wrong })
    expect(success).toBe(false)
  },
)

test.for([
  ['2026-03-13T20:00:00Z', Date.UTC(2026, 2, 13, 20)],
  [null, undefined],
  [undefined, undefined],
  ['soon', undefined],
  [7, undefined],
])('restPod and graphqlPod read %j as the moment %j at which the run began', ([text, startedMs]) => {
  const rest = restPod.parse({ id: 'abc', status: 'RUNNING', cost: 0.69, startedAt: text })
  const graphql = graphqlPod.parse({ id: 'abc', desiredStatus: 'RUNNING', lastStartedAt: text })
  expect(rest.startedMs).toBe(startedMs)
  expect(graphql?.startedMs).toBe(startedMs)
})
