import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { type Variables, withoutSecrets } from '../environment/secrets.ts'
import { configurationProblem } from '../environment.ts'
import type { HttpOptions } from '../services/http/options.ts'
import type { InferenceOptions } from '../services/inference/service.ts'
import type { TrainerOptions } from '../services/trainer/service.ts'
import { type Account, accountProblem, findAccount } from '../supervisor/account.ts'
import { cgroupLimits } from '../supervisor/cgroup.ts'
import type { Service } from '../supervisor/service.ts'
import { type ThreadLimits, threadCaps, threadCount } from '../supervisor/thread-caps.ts'
import type { Setup } from './run-pod.ts'

/** Shown as `disabled: <reason>`, and never started, when there is a reason. */
export function unless(reason: string | undefined, service: Service): Service {
  return reason === undefined ? service : { ...service, disabled: reason }
}

/** Why nothing is trained here; undefined when something is. */
export function trainerProblem({ environment, core }: Setup): string | undefined {
  const values = environment.values.trainer
  return (
    configurationProblem(environment, 'trainer') ??
    (values?.START_TRAINER === false ? 'START_TRAINER is 0' : undefined) ??
    (values?.TRAIN_COMMAND === undefined ? 'TRAIN_COMMAND is not set' : undefined) ??
    accountProblem(core.RUNNER_USER)
  )
}

/** What the trainer needs of the environment: its secrets only as far as they were asked for. */
export function trainerOptions(setup: Setup): TrainerOptions {
  const { core } = setup
  const values = setup.environment.values.trainer
  const { env } = withoutSecrets(usersOwn(setup.env), values?.PASS_SECRETS_TO_TRAINER ?? [])
  const user = accountOf(setup)
  const path = `${join(core.VENV_DIR, 'bin')}:${env.PATH ?? ''}`
  return {
    command: values?.TRAIN_COMMAND ?? '',
    cwd: values?.TRAIN_CWD ?? core.REPO_DIR,
    env: { ...env, ...threadCaps(threadLimits(), env), ...homeOf(user), PATH: path },
    user,
    restart: values?.TRAIN_RESTART ?? 'never',
  }
}

/** Without what npm adds for its own scripts, and without what is meant for podmate's own Node alone. */
function usersOwn(env: Variables): Variables {
  const added = /^(npm_.*|INIT_CWD|NODE_COMPILE_CACHE)$/
  return Object.fromEntries(Object.entries(env).filter(([name]) => !added.test(name)))
}

/** Which secrets the trainer does not get, a sentence each. */
export function withheldFromTrainer({ environment, env }: Setup): readonly string[] {
  const { withheld } = withoutSecrets(env, environment.values.trainer?.PASS_SECRETS_TO_TRAINER ?? [])
  return withheld.map((name) => `${name} withheld from trainer; add it to PASS_SECRETS_TO_TRAINER`)
}

export function inferenceOptions(setup: Setup): InferenceOptions {
  const values = setup.environment.values.inference
  return {
    modelPath: values?.INFERENCE_API_MODEL_PATH ?? 'latest',
    artifactDirs: setup.core.ARTIFACT_DIRS,
    device: values?.INFERENCE_API_DEVICE ?? 'auto',
    topkDefault: values?.INFERENCE_API_TOPK_DEFAULT ?? 10,
    threads: values?.INFERENCE_API_THREADS || threadCount(threadLimits()),
    host: { env: hostEnvironment(setup), user: accountOf(setup) },
    terminal: setup.log.terminal,
  }
}

/** Why no model can be served here; undefined when it can. */
export function inferenceProblem({ environment, core }: Setup): string | undefined {
  return (
    configurationProblem(environment, 'inference') ??
    (environment.values.inference?.START_INFERENCE_API === false ? 'START_INFERENCE_API is 0' : undefined) ??
    accountProblem(core.RUNNER_USER)
  )
}

/** The model host gets what finds its libraries, and nothing that could be secret. */
function hostEnvironment({ env }: Setup): Record<string, string> {
  const names = [
    'PATH',
    'HOME',
    'LANG',
    'TZ',
    'TMPDIR',
    'LD_LIBRARY_PATH',
    'NODE_COMPILE_CACHE',
    'NVIDIA_VISIBLE_DEVICES',
    'CUDA_VISIBLE_DEVICES',
  ]
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])))
}

type OfEnvironment = 'host' | 'port' | 'portProblem' | 'apiToken' | 'verbose' | 'socketGroup'

/** With a variable that is wrong the TCP listener stays off: nobody listens where the user did not mean it. */
export function httpOptions(setup: Setup): Pick<HttpOptions, OfEnvironment> {
  const { environment } = setup
  const values = environment.values.http
  const group = accountOf(setup)?.gid
  return {
    host: values?.INFERENCE_API_HOST ?? '127.0.0.1',
    port: values?.INFERENCE_API_PORT,
    apiToken: values?.API_TOKEN,
    verbose: values?.INFERENCE_API_VERBOSE ?? false,
    ...(values ? {} : { portProblem: configurationProblem(environment, 'http') ?? '' }),
    ...(group === undefined ? {} : { socketGroup: group }),
  }
}

function accountOf({ core }: Setup): Account | undefined {
  const name = core.RUNNER_USER
  return name === undefined || accountProblem(name) ? undefined : findAccount(name)
}

function homeOf(account: Account | undefined): Record<string, string> {
  return account ? { HOME: account.home, USER: account.name, LOGNAME: account.name } : {}
}

function threadLimits(): ThreadLimits {
  return { ...cgroupLimits(), visibleCores: availableParallelism() }
}
