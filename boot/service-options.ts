import { relative } from 'node:path'
import { configurationProblem } from '../environment.ts'
import { type BootstrapOptions, hasNothingToDo } from '../services/bootstrap/service.ts'
import type { InferenceOptions } from '../services/inference/service.ts'
import type { JobsPort } from '../services/jobs/service.ts'
import type { JupyterOptions } from '../services/jupyter/service.ts'
import type { SshdOptions } from '../services/sshd/options.ts'
import type { StatePort } from '../services/state/port.ts'
import type { TrainerOptions } from '../services/trainer/service.ts'
import { accountProblem } from '../supervisor/account.ts'
import type { Service } from '../supervisor/service.ts'
import { threadCount } from '../supervisor/thread-caps.ts'
import { completedTrainings } from './completed-trainings.ts'
import { ownFolder } from './own-folder.ts'
import type { Setup } from './run-pod.ts'
import { accountOf, threadLimits, userProgram, venvLast, withVenv } from './user-program.ts'

/** Shown as `disabled: <reason>`, and never started, when there is a reason. */
export function unless(reason: string | undefined, service: Service): Service {
  return reason === undefined ? service : { ...service, disabled: reason }
}

/** Says once what each user program does not get: a line for each secret that it might miss. */
export function tellWithheld(setup: Setup): void {
  const { trainer, sshd, jupyter } = setup.environment.values
  const tell = (service: string, problem: string | undefined, variable: string, pass?: readonly string[]) => {
    for (const name of problem ? [] : userProgram(setup, pass).withheld)
      setup.log.root.info({ service }, `${name} withheld from ${service}; add it to ${variable}`)
  }
  tell('trainer', trainerProblem(setup), 'PASS_SECRETS_TO_TRAINER', trainer?.PASS_SECRETS_TO_TRAINER)
  tell('sshd', sshdProblem(setup), 'PASS_SECRETS_TO_SSH', sshd?.PASS_SECRETS_TO_SSH)
  tell('jupyter', jupyterProblem(setup), 'PASS_SECRETS_TO_JUPYTER', jupyter?.PASS_SECRETS_TO_JUPYTER)
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

/** What the trainer needs of the environment. */
export function trainerOptions(
  setup: Setup,
  state: Pick<StatePort, 'readText' | 'writeText'>,
  jobs: Pick<JobsPort, 'trainer'>,
): TrainerOptions {
  const { core, environment } = setup
  const values = environment.values.trainer
  const { env, user } = userProgram(setup, values?.PASS_SECRETS_TO_TRAINER)
  const run = {
    command: values?.TRAIN_COMMAND ?? '',
    cwd: values?.TRAIN_CWD ?? core.REPO_DIR,
    user,
    restart: values?.TRAIN_RESTART ?? 'never',
  }
  return {
    ...run,
    env: withVenv(env, setup),
    needs: isBootstrapAsked(setup) ? ['bootstrap'] : [],
    completed: completedTrainings(setup, state, run),
    jobs: jobs.trainer,
    folders: foldersToWrite(setup),
  }
}

/** Where trainers leave what they made; not what is in REPO_DIR: that is the trainer's already, and a clone needs it empty. */
function foldersToWrite({ core, environment }: Setup): readonly string[] {
  const { CHECKPOINT_DIR } = environment.values.jobs ?? {}
  const folders = [...core.ARTIFACT_DIRS, ...(CHECKPOINT_DIR ? [CHECKPOINT_DIR] : [])]
  return folders.filter((folder) => relative(core.REPO_DIR, folder).startsWith('..'))
}

export function bootstrapOptions(setup: Setup): BootstrapOptions {
  const { core, environment, stateDir, log } = setup
  const values = environment.values.bootstrap
  const url = values?.REPO_URL
  const asked = (flag: boolean | 'auto' | undefined) =>
    flag === 'auto' ? url !== undefined : (flag ?? false)
  return {
    ...{ dir: core.REPO_DIR, venv: core.VENV_DIR, url, ref: values?.REPO_REF },
    clone: values?.CLONE_REPO_ON_START ?? true,
    pull: asked(values?.GIT_AUTO_PULL),
    sync: asked(values?.SYNC_REQUIREMENTS_ON_START),
    submodules: values?.GIT_SUBMODULES ?? true,
    lfs: values?.GIT_LFS ?? true,
    force: values?.FORCE_PIP_SYNC ?? false,
    requirementsFile: values?.REQUIREMENTS_FILE,
    timeoutMs: (values?.BOOTSTRAP_TIMEOUT_SECONDS ?? 3600) * 1000,
    ownPaths: [stateDir, log.folder],
    account: accountOf(setup),
    env: userProgram(setup, [], 'keeps its own home').env,
  }
}

/** A wrong value counts as asked for: the trainer must not run on what is not there. */
function isBootstrapAsked(setup: Setup): boolean {
  return (
    configurationProblem(setup.environment, 'bootstrap') !== undefined ||
    !hasNothingToDo(bootstrapOptions(setup))
  )
}

/** Why nothing is brought in here, as far as the environment tells. */
export function bootstrapProblem({ environment, core }: Setup): string | undefined {
  return configurationProblem(environment, 'bootstrap') ?? accountProblem(core.RUNNER_USER)
}

/** Tells who asked for it from who did not. */
function switchedOff(env: Setup['env'], name: string): string {
  return env[name] ? `${name} is 0` : `${name} is not set (1 or auto starts it)`
}

/** A wrong value switches nothing off here: nobody is to be locked out by a typing error. */
export function sshdProblem({ environment, env }: Setup): string | undefined {
  return environment.values.sshd?.START_SSHD === false ? switchedOff(env, 'START_SSHD') : undefined
}

/** What the variables say about who may log in. */
export function keySources({ values }: Pick<Setup['environment'], 'values'>): SshdOptions['keys'] {
  const variables = ['AUTHORIZED_KEYS', 'PUBLIC_KEY', 'SSH_PUBLIC_KEY'] as const
  return variables.map((variable) => ({ variable, text: values.sshd?.[variable] ?? '' }))
}

export function sshdOptions(setup: Setup, files: SshdOptions['files']): SshdOptions {
  const { environment, core, stateDir } = setup
  const values = environment.values.sshd
  const { RUNPOD_PUBLIC_IP: host, RUNPOD_TCP_PORT_22: port } = environment.values.platform ?? {}
  const accounts = { RUNNER_USER: core.RUNNER_USER, SSH_USER: values?.SSH_USER }
  return {
    ...{ stateDir, files, port: values?.SSH_PORT ?? 22, rsaHostKey: values?.SSH_RSA_HOST_KEY ?? false },
    ...{ isAsked: values?.START_SSHD === true, keys: keySources(environment) },
    accounts: Object.entries(accounts).flatMap(([variable, name]) => (name ? [{ variable, name }] : [])),
    env: venvLast(userProgram(setup, values?.PASS_SECRETS_TO_SSH, 'keeps its own home').env, setup),
    ...(host && port ? { publicAddress: { host, port: Number(port) } } : {}),
  }
}

export function jupyterProblem({ environment, core, env }: Setup): string | undefined {
  return (
    configurationProblem(environment, 'jupyter') ??
    (environment.values.jupyter?.START_JUPYTER === false ? switchedOff(env, 'START_JUPYTER') : undefined) ??
    accountProblem(core.RUNNER_USER)
  )
}

/** RunPod's proxy shows a pod under a name that the pod itself does not listen on. */
function proxyOrigin({ environment }: Setup, port: number): string {
  const podId = environment.values.platform?.RUNPOD_POD_ID
  return podId === undefined ? '' : `https://${podId}-${port}.proxy.runpod.net`
}

export function jupyterOptions(setup: Setup, generatedToken: () => Promise<string>): JupyterOptions {
  const { environment, core, log, stateDir } = setup
  const values = environment.values.jupyter
  const { env, user } = userProgram(setup, values?.PASS_SECRETS_TO_JUPYTER)
  const port = values?.JUPYTER_PORT ?? 8888
  return {
    ...{ env, user, generatedToken, venvDir: core.VENV_DIR, rootDir: core.REPO_DIR },
    host: values?.JUPYTER_HOST ?? '127.0.0.1',
    port,
    allowOrigin: values?.JUPYTER_ALLOW_ORIGIN ?? proxyOrigin(setup, port),
    token: values?.JUPYTER_TOKEN ?? values?.JUPYTER_PASSWORD,
    hide: log.redact.add,
    runDir: ownFolder('jupyter', stateDir),
    after: ['bootstrap'],
  }
}

export function inferenceOptions(setup: Setup): InferenceOptions {
  const values = setup.environment.values.inference
  return {
    modelPath: values?.INFERENCE_API_MODEL_PATH ?? 'latest',
    artifactDirs: setup.core.ARTIFACT_DIRS,
    device: values?.INFERENCE_API_DEVICE ?? 'auto',
    topkDefault: values?.INFERENCE_API_TOPK_DEFAULT ?? 10,
    threads: values?.INFERENCE_API_THREADS || threadCount(threadLimits()),
    stateCacheMb: values?.INFERENCE_API_STATE_CACHE_MB ?? 64,
    int8: values?.INFERENCE_API_QUANTIZE === 'int8',
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
