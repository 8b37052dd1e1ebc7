import { withoutSecrets } from '../environment/secrets.ts'
import { configurationProblem, type Environment } from '../environment.ts'
import type { ArtifactsOptions } from '../services/artifacts/service.ts'
import { endpointProblem } from '../services/artifacts/uploader/hub/endpoint.ts'
import { tokenProblem } from '../services/artifacts/uploader/hub/token-problem.ts'
import { type UploadOptions, uploadDefaults } from '../services/artifacts/uploader/options.ts'
import { sourceFolders } from '../services/artifacts/uploader/source-folders.ts'
import type { StatePort } from '../services/state/port.ts'
import type { PodView } from '../supervisor/pod.ts'
import type { Setup } from './run-pod.ts'

type FromSetup = Pick<Setup, 'environment' | 'core' | 'version' | 'env'>

/** What uploading needs of the environment; the journal lies with the other things that are kept. */
export function artifactsOptions(
  setup: FromSetup,
  { readText, append, writeText }: StatePort,
): ArtifactsOptions {
  const values = setup.environment.values.artifacts
  return {
    upload: uploadOptions(setup),
    token: values?.HF_TOKEN ?? '',
    disabled: artifactsProblem(setup),
    journal: { read: readText, append, write: writeText },
    env: uploaderEnvironment(setup),
    verbose: values?.HF_SYNC_VERBOSE ?? false,
    flushDeadlineMs: (values?.FLUSH_DEADLINE_SECONDS ?? 600) * 1000,
  }
}

/** Why nothing is uploaded; undefined when something is. */
export function artifactsProblem({ environment }: FromSetup): string | undefined {
  if (environment.values.artifacts?.START_HF_WATCH === false) return 'START_HF_WATCH is 0'
  return uploadProblem(environment)
}

/** Why nothing can be uploaded, whoever asks for it. */
export function uploadProblem(environment: Environment): string | undefined {
  const values = environment.values.artifacts
  if (!values) return configurationProblem(environment, 'artifacts')
  const { HF_REPO_ID, HF_TOKEN, HF_ENDPOINT } = values
  if (HF_REPO_ID === undefined) return 'HF_REPO_ID is not set'
  const problem = tokenProblem(HF_TOKEN ?? '') ?? endpointProblem(HF_ENDPOINT)
  return problem && `${problem}; correct it and start podmate again`
}

/** Where, what and when, as the uploader is told; a group with a wrong value counts as unset. */
export function uploadOptions({ environment, core, version }: Omit<FromSetup, 'env'>): UploadOptions {
  const values = environment.values.artifacts
  const ms = (seconds: number | undefined) => (seconds === undefined ? undefined : seconds * 1000)
  const maxWaitMs = Math.max(5000, ms(values?.HF_SYNC_INTERVAL_SECONDS) ?? uploadDefaults.maxWaitMs)
  return {
    target: {
      repoId: values?.HF_REPO_ID ?? '',
      repoType: values?.HF_REPO_TYPE ?? 'model',
      branch: 'main',
      prefix: (values?.HF_PATH_IN_REPO_PREFIX ?? '').split('/').filter(Boolean).join('/'),
      endpoint: (values?.HF_ENDPOINT ?? 'https://huggingface.co').replace(/\/+$/, ''),
    },
    sources: sourceFolders(values?.HF_SYNC_SOURCE_DIR ?? core.ARTIFACT_DIRS),
    patterns: values?.HF_SYNC_PATTERNS ?? uploadDefaults.patterns,
    commitMessage: values?.HF_COMMIT_MESSAGE ?? uploadDefaults.commitMessage,
    deletion: values?.HF_SYNC_DELETE ?? uploadDefaults.deletion,
    scanEveryMs: maxWaitMs,
    settleMs: ms(values?.HF_SYNC_SETTLE_SECONDS) ?? uploadDefaults.settleMs,
    debounceMs: Math.min(maxWaitMs, ms(values?.HF_SYNC_DEBOUNCE_SECONDS) ?? uploadDefaults.debounceMs),
    maxWaitMs,
    commitsPerHour: values?.HF_SYNC_COMMITS_PER_HOUR ?? uploadDefaults.commitsPerHour,
    maxFileBytes: values ? values.HF_SYNC_MAX_FILE_GB * 1e9 : uploadDefaults.maxFileBytes,
    useXet: values?.HF_USE_XET ?? uploadDefaults.useXet,
    refusePublic: values?.HF_REPO_PUBLIC === 'refuse',
    version,
  }
}

/** What finds the way out to the Hub, without anything secret. */
function uploaderEnvironment({ env }: FromSetup): Record<string, string> {
  const names =
    /^(PATH|HOME|LANG|TZ|TMPDIR|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|NODE_USE_ENV_PROXY|(https?|no)_proxy)$/i
  const known = withoutSecrets(env, []).env
  return Object.fromEntries(Object.entries(known).filter(([name]) => names.test(name)))
}

/** Calls `flush` whenever training has come to its end: the last checkpoint must not wait. */
export function flushAfterTraining(
  pod: Pick<PodView, 'onEvent' | 'status'>,
  flush: () => Promise<unknown>,
): void {
  const ends: ReadonlySet<string> = new Set(['completed', 'failed', 'stopped'])
  pod.onEvent((event) => {
    const isEnd = 'service' in event && event.service === 'trainer' && ends.has(event.type)
    // At the end of the pod the service flushes by itself, with the time that is left.
    if (!isEnd || pod.status().state !== 'running') return
    // What it could not send is shown in the status, and goes up later.
    flush().catch(() => {})
  }, new AbortController().signal)
}
