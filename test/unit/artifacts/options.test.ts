import { describe, expect, test } from 'vitest'
import { artifactsOptions, flushAfterTraining } from '../../../boot/artifacts-options.ts'
import { readEnvironment } from '../../../environment.ts'
import type { StatePort } from '../../../services/state/port.ts'
import type { PodEvent } from '../../../supervisor/events.ts'
import type { PodStatus } from '../../../supervisor/status.ts'

const token = `hf_${'a'.repeat(34)}`
const enough = { HF_REPO_ID: 'me/run', HF_TOKEN: token }
const kept = {} as StatePort // only handed on

function optionsOf(env: Record<string, string>) {
  const environment = readEnvironment(env)
  const core = environment.values.pod
  if (!core) throw new Error('the core group is wrong')
  return artifactsOptions({ environment, core, env, version: '1.2.3' }, kept)
}

describe('artifactsOptions()', () => {
  test.each([
    ['START_HF_WATCH is 0', { ...enough, START_HF_WATCH: '0' }],
    ['HF_REPO_ID is not set', { HF_TOKEN: token }],
    ['HF_TOKEN is not set', { HF_REPO_ID: 'me/run' }],
    ['HF_TOKEN is not set', { HF_REPO_ID: 'me/run', START_HF_WATCH: '1' }],
    ['HF_TOKEN does not start with hf_', { ...enough, HF_TOKEN: 'a-token-of-another-kind' }],
    ['HF_TOKEN must be', { ...enough, HF_TOKEN: `${token} x` }],
    ['HF_TOKEN is cut short', { ...enough, HF_TOKEN: 'hf_abcde' }],
    ['HF_REPO_ID must be user/name', { ...enough, HF_REPO_ID: 'run' }],
    ['HF_REPO_ID must be user/name', { ...enough, HF_REPO_ID: 'https://huggingface.co/me/run' }],
    ['HF_REPO_TYPE must be one of model, dataset, space', { ...enough, HF_REPO_TYPE: 'models' }],
    ['HF_PATH_IN_REPO_PREFIX must be', { ...enough, HF_PATH_IN_REPO_PREFIX: '../other' }],
    ['HF_PATH_IN_REPO_PREFIX must be', { ...enough, HF_PATH_IN_REPO_PREFIX: 'a\nb' }],
    ['HF_COMMIT_MESSAGE must be one line', { ...enough, HF_COMMIT_MESSAGE: 'a\nb' }],
    ['HF_ENDPOINT must be', { ...enough, HF_ENDPOINT: 'https://me:secret99@hub.example' }],
    ['HF_ENDPOINT must be', { ...enough, HF_ENDPOINT: 'ftp://hub.example' }],
    ['the token would be readable', { ...enough, HF_ENDPOINT: 'http://hub.example' }],
    ['HF_SYNC_DELETE must be', { ...enough, HF_SYNC_DELETE: 'yes' }],
    ['HF_SYNC_COMMITS_PER_HOUR must be', { ...enough, HF_SYNC_COMMITS_PER_HOUR: '0' }],
    ['HF_SYNC_INTERVAL_SECONDS must be', { ...enough, HF_SYNC_INTERVAL_SECONDS: '-5' }],
    ['HF_SYNC_PATTERNS must be', { ...enough, HF_SYNC_PATTERNS: ',' }],
    ['HF_SYNC_MAX_FILE_GB must be', { ...enough, HF_SYNC_MAX_FILE_GB: '1.5' }],
  ])('is disabled and says: %s', (reason, env) => {
    const { disabled = '' } = optionsOf(env)
    expect(disabled).toContain(reason)
    expect(disabled).not.toContain(token)
  })

  test('passes on what is set', () => {
    const {
      disabled,
      upload,
      token: handed,
    } = optionsOf({
      ...enough,
      HF_REPO_TYPE: 'dataset',
      HF_ENDPOINT: 'https://hub.example/',
      HF_PATH_IN_REPO_PREFIX: '/runs/7/',
      HF_SYNC_SOURCE_DIR: '/a/checkpoints, /b/metrics',
      HF_SYNC_PATTERNS: '*.pt, !tmp*',
      HF_SYNC_INTERVAL_SECONDS: '60',
      HF_SYNC_MAX_FILE_GB: '2',
      HF_REPO_PUBLIC: 'refuse',
    })
    expect(disabled).toBeUndefined()
    expect(handed).toBe(token)
    expect(upload).toMatchObject({
      target: {
        ...{ repoId: 'me/run', repoType: 'dataset', branch: 'main' },
        ...{ prefix: 'runs/7', endpoint: 'https://hub.example' },
      },
      sources: [
        { dir: '/a/checkpoints', under: 'checkpoints' },
        { dir: '/b/metrics', under: 'metrics' },
      ],
      patterns: ['*.pt', '!tmp*'],
      ...{ maxWaitMs: 60_000, scanEveryMs: 60_000, maxFileBytes: 2e9, refusePublic: true, version: '1.2.3' },
    })
    expect(JSON.stringify(upload)).not.toContain(token)
  })

  test('keeps to behaviours 80, 81 and 83 when nothing else is set', () => {
    expect(optionsOf({ ...enough, ARTIFACT_DIRS: '/x' }).upload).toMatchObject({
      sources: [{ dir: '/x', under: '' }],
      patterns: ['*.onnx', '*.pt', '*.json', '*.safetensors'],
      ...{ settleMs: 5000, debounceMs: 10_000, maxWaitMs: 120_000, commitsPerHour: 30, deletion: 'keep' },
      ...{ useXet: false, refusePublic: false },
    })
  })

  test('takes an interval of less than 5 s for 5 s, as the old watcher did, and debounces no longer than that', () => {
    for (const seconds of ['0', '4'])
      expect(optionsOf({ ...enough, HF_SYNC_INTERVAL_SECONDS: seconds }).upload).toMatchObject({
        ...{ maxWaitMs: 5000, scanEveryMs: 5000, debounceMs: 5000 },
      })
  })

  test('gives the uploader a way out and no secret', () => {
    const env = {
      ...enough,
      PATH: '/bin',
      https_proxy: 'http://proxy.example:3128',
      HTTP_PROXY: 'http://user:password9@proxy.example:3128',
      NODE_EXTRA_CA_CERTS: '/etc/ca.pem',
      WANDB_API_KEY: 'wandb-secret',
    }
    expect(optionsOf(env).env).toEqual({
      ...{ PATH: '/bin', https_proxy: 'http://proxy.example:3128', NODE_EXTRA_CA_CERTS: '/etc/ca.pem' },
    })
  })
})

describe('flushAfterTraining()', () => {
  function heard(events: readonly object[], state: PodStatus['state'] = 'running'): number {
    let flushes = 0
    const pod = {
      status: () => ({ state }) as PodStatus, // it asks for no more
      onEvent(listener: (event: PodEvent) => void) {
        for (const event of events) listener(event as PodEvent)
      },
    }
    flushAfterTraining(pod, async () => {
      flushes += 1
      throw new Error('not running')
    })
    return flushes
  }

  test('flushes when the trainer has come to its end, whatever end', () => {
    for (const type of ['completed', 'failed', 'stopped'])
      expect(heard([{ type, service: 'trainer' }])).toBe(1)
  })

  test('does not while it is started again, for other services, or at the end of the pod', () => {
    expect(
      heard([
        { type: 'restarting', service: 'trainer' },
        { type: 'ready', service: 'trainer' },
      ]),
    ).toBe(0)
    expect(heard([{ type: 'completed', service: 'bootstrap' }, { type: 'pod-started' }])).toBe(0)
    expect(heard([{ type: 'stopped', service: 'trainer' }], 'stopping')).toBe(0)
  })
})
