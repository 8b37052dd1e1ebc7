import { resolve } from 'node:path'
import { z } from 'zod'
import {
  autoFlag,
  flag,
  folder,
  latestOrPath,
  matching,
  oneOf,
  optionalMatching,
  optionalPath,
  optionalPaths,
  optionalSecret,
  optionalSecretUrl,
  optionalText,
  variableNames,
  whole,
} from './fields.ts'

const pod = z
  .object({
    REPO_DIR: folder('.', { does: 'Your repository: the training code, and `artifacts/` with the models.' }),
    VENV_DIR: optionalPath({
      does: 'The Python environment whose programs the trainer finds first.',
      unset: 'REPO_DIR/.venv',
    }),
    ARTIFACT_DIRS: optionalPaths({
      does: 'Folders in which models and checkpoints are looked for, with commas between them.',
      unset: 'REPO_DIR/artifacts,/workspace/checkpoints,/workspace/fine_tuned_model',
    }),
    RUNNER_USER: optionalText({
      does: 'The account that runs the trainer and the model; podmate must be root to change to it.',
      unset: 'the account that runs podmate',
    }),
    SHUTDOWN_BUDGET_SECONDS: whole(8, [1, 3600], {
      does: 'Seconds for an orderly end; what is not done then is killed. Platforms often kill after 10.',
    }),
    BOOT_GRACE_SECONDS: whole(1800, [0, 86_400], {
      does: 'Seconds after the start before idleness is judged when no service got ready.',
    }),
  })
  .transform(({ VENV_DIR, ARTIFACT_DIRS, ...rest }) => ({
    ...rest,
    VENV_DIR: VENV_DIR ?? resolve(rest.REPO_DIR, '.venv'),
    ARTIFACT_DIRS: ARTIFACT_DIRS ?? [
      resolve(rest.REPO_DIR, 'artifacts'),
      '/workspace/checkpoints',
      '/workspace/fine_tuned_model',
    ],
  }))

const state = z.object({
  POD_STATE_DIR: folder('./.podmate', {
    does: 'What must survive a restart lies here, in one folder per pod id or host name. In a pod: on the volume.',
  }),
})

const http = z.object({
  INFERENCE_API_HOST: matching(/^[\w.:-]+$/, '127.0.0.1', 'an IP address or a host name', {
    does: 'The address that the HTTP server listens on; 0.0.0.0 is every address of the machine.',
  }),
  INFERENCE_API_PORT: whole(8000, [0, 65_535], {
    does: 'The port that the HTTP server listens on; 0 takes any free one.',
  }),
  INFERENCE_API_VERBOSE: flag('0', { does: 'Writes a log line for every request.' }),
  API_TOKEN: optionalSecret({
    does: 'The token that every request needs, except `/healthz` and `/readyz`.',
    unset: 'reads and `/infer` are open; changes need a generated token (`podctl url` shows it)',
  }),
  ACTIVITY_HEARTBEAT_FILE: optionalPath({
    does: 'A file that is touched when a request counts as activity.',
    unset: 'no file is touched',
  }),
})

const sshd = z.object({
  START_SSHD: autoFlag(
    {
      does: 'Starts an SSH server; `auto` starts it when there is a public key and OpenSSH is installed. The image of the pod sets `auto`.',
    },
    '0',
  ),
  SSH_PORT: whole(22, [1, 65_535], {
    does: 'The port that the SSH server listens on; when podmate is not root, take one above 1023.',
  }),
  SSH_USER: matching(/^[A-Za-z_][\w.-]*$/, 'root', 'the name of an account', {
    does: 'An account that may log in, besides root and RUNNER_USER.',
  }),
  AUTHORIZED_KEYS: optionalText({
    does: 'Public keys that may log in, one a line, as in your `.pub` file. All keys of PUBLIC_KEY and SSH_PUBLIC_KEY may, too.',
    unset: 'PUBLIC_KEY and SSH_PUBLIC_KEY alone',
  }),
  PUBLIC_KEY: optionalText({
    does: 'More keys, as in AUTHORIZED_KEYS. RunPod sets it to the keys of your account.',
  }),
  SSH_PUBLIC_KEY: optionalText({
    does: 'More keys, as in AUTHORIZED_KEYS, under the name that templates of RunPod ask for.',
  }),
  SSH_RSA_HOST_KEY: flag('0', {
    does: 'Makes an RSA host key too, for clients that know neither Ed25519 nor ECDSA.',
  }),
  PASS_SECRETS_TO_SSH: variableNames({
    does: 'Secrets that SSH sessions may see, such as HF_TOKEN,WANDB_API_KEY; others are withheld.',
    unset: 'none',
  }),
})

const inference = z.object({
  START_INFERENCE_API: flag('1', { does: 'Serves a chess model at `/infer`; 0 removes `/infer` only.' }),
  INFERENCE_API_MODEL_PATH: latestOrPath({
    does: 'The `.pt` or `.onnx` model to serve; `latest` takes the newest valid one of ARTIFACT_DIRS, else the model that podmate ships.',
  }),
  INFERENCE_API_DEVICE: matching(
    /^(auto|cpu|cuda(:\d{1,2})?)$/,
    'auto',
    'auto, cpu, cuda or cuda:N with the number of a GPU',
    { does: 'Where the model runs; `auto` takes a GPU when there is one that works.' },
  ),
  INFERENCE_API_TOPK_DEFAULT: whole(10, [1, 10_000], {
    does: 'How many moves `/infer` answers when the request does not say.',
  }),
  INFERENCE_API_THREADS: whole(0, [0, 256], {
    does: "CPU threads of the model; 0 takes the container's CPU quota.",
  }),
})

const bootstrap = z.object({
  REPO_URL: optionalMatching(
    /^(https?|git|file):\/\/(?![^/]*@)[^\s?#]+$/,
    'the http, https, git or file address of a public repository, without user, password or query',
    {
      does: 'The public git repository that REPO_DIR is cloned and pulled from.',
      unset: 'nothing is cloned',
    },
  ),
  REPO_REF: optionalMatching(
    /^(?![-/.])(?!.*(?:\.\.|\/\/|@\{|\.lock$|[./]$))[\w./+@#%=-]+$/,
    'the name of a branch or tag, or a commit',
    {
      does: 'The branch, tag or commit that is checked out.',
      unset: "the remote's default branch; later whatever branch is checked out",
    },
  ),
  CLONE_REPO_ON_START: flag('1', { does: 'Clones REPO_URL when REPO_DIR is missing or empty.' }),
  GIT_AUTO_PULL: autoFlag({
    does: 'Fast-forwards a checkout without local changes at every start; `auto` does when REPO_URL is set.',
  }),
  SYNC_REQUIREMENTS_ON_START: autoFlag({
    does: 'Installs the requirements of REPO_DIR into VENV_DIR when they have changed; `auto` does when REPO_URL is set.',
  }),
  FORCE_PIP_SYNC: flag('0', {
    does: 'Installs the requirements at every start, changed or not, where they are installed at all.',
  }),
  REQUIREMENTS_FILE: optionalText({
    does: 'The requirements file for pip, relative to REPO_DIR.',
    unset: 'requirements.txt, if REPO_DIR has one',
  }),
  BOOTSTRAP_TIMEOUT_SECONDS: whole(3600, [1, 86_400], {
    does: 'Seconds after which git and pip together are given up, and tried again.',
  }),
})

const trainer = z.object({
  START_TRAINER: autoFlag({ does: 'Runs TRAIN_COMMAND; `auto` runs it when it is set.' }),
  TRAIN_COMMAND: optionalText({
    does: 'The command that trains, run by `/bin/sh -c`.',
    unset: 'nothing is trained',
  }),
  TRAIN_CWD: optionalPath({ does: 'The folder in which TRAIN_COMMAND runs.', unset: 'REPO_DIR' }),
  TRAIN_RESTART: oneOf(['never', 'on-failure', 'always'], 'never', {
    does: 'When TRAIN_COMMAND is started again after it ended.',
  }),
  PASS_SECRETS_TO_TRAINER: variableNames({
    does: 'Secrets that the trainer may see, such as HF_TOKEN,WANDB_API_KEY; others are withheld.',
    unset: 'none',
  }),
})

const jupyter = z.object({
  START_JUPYTER: autoFlag(
    {
      does: 'Starts JupyterLab; `auto` starts it where it is installed. The image of the pod sets `auto`.',
    },
    '0',
  ),
  JUPYTER_HOST: matching(/^[\w.:-]+$/, '127.0.0.1', 'an IP address or a host name', {
    does: 'The address that JupyterLab listens on. The image of the pod sets 0.0.0.0, every address.',
  }),
  JUPYTER_PORT: whole(8888, [1, 65_535], { does: 'The port that JupyterLab listens on.' }),
  JUPYTER_TOKEN: optionalSecret({
    does: 'The token that JupyterLab asks for.',
    unset: 'JUPYTER_PASSWORD; without it one is generated and kept (`podctl jupyter-url` shows it)',
  }),
  JUPYTER_PASSWORD: optionalSecret({
    does: "JupyterLab's token under the name that RunPod gives it; JUPYTER_TOKEN goes before it.",
    unset: 'JUPYTER_TOKEN',
  }),
  JUPYTER_ALLOW_ORIGIN: optionalMatching(
    /^(\*|https?:\/\/[^\s/]+)$/,
    '* or an origin such as https://lab.example.org',
    {
      does: 'Whose pages may use JupyterLab besides its own; `*` is everybody who knows the token or has its cookie.',
      unset: "on RunPod the address of this pod's proxy, else nobody's",
    },
  ),
  PASS_SECRETS_TO_JUPYTER: variableNames({
    does: 'Secrets that notebooks and terminals may see, such as HF_TOKEN,WANDB_API_KEY; others are withheld.',
    unset: 'none',
  }),
})

const logs = z.object({
  POD_LOG_DIR: optionalPath({
    does: "Folder of the live log files. It belongs on the container's own disk, not on a volume.",
    unset: 'a folder under /var/log/podmate when that can be written, else under the temporary folder',
  }),
  LOG_FORMAT: oneOf(['auto', 'pretty', 'json'], 'auto', {
    does: 'How log lines are printed; `auto` is pretty on a terminal and json elsewhere.',
  }),
})

const healthchecks = z.object({
  HEALTHCHECKS_URL: optionalSecretUrl({
    does: 'A Healthchecks check that is told of the start, success or failure of the pod.',
    unset: 'nobody is told',
  }),
})

const platform = z.object({
  RUNPOD_POD_ID: optionalText({ does: 'The id of the pod. Set by RunPod.', unset: 'not on RunPod' }),
  RUNPOD_PUBLIC_IP: optionalText({ does: 'The public address of the pod, if any. Set by RunPod.' }),
  RUNPOD_TCP_PORT_22: optionalText({ does: 'The public port of SSH. Set by RunPod.' }),
})

/** THE schema: every variable that podmate reads, by the part of the pod that it belongs to. */
export const groups = {
  pod,
  state,
  http,
  sshd,
  inference,
  bootstrap,
  trainer,
  jupyter,
  logs,
  healthchecks,
  platform,
} as const
export type GroupName = keyof typeof groups

/** What a group is called, and what happens to the pod when a value in it is wrong. */
export const groupTitles: Readonly<Record<GroupName, { readonly title: string; readonly wrong?: string }>> = {
  pod: { title: 'The pod', wrong: 'podmate does not start (exit 78)' },
  state: { title: 'State' },
  http: { title: 'HTTP', wrong: 'the TCP listener stays off; podctl works' },
  sshd: {
    title: 'SSH',
    wrong: 'that value counts as unset (START_SSHD: as `auto`), so that nobody is locked out',
  },
  inference: { title: 'Inference', wrong: '`/infer` is disabled' },
  bootstrap: { title: 'Your repository', wrong: 'the bootstrap is disabled and the trainer blocked' },
  trainer: { title: 'Training', wrong: 'the trainer is disabled' },
  jupyter: { title: 'JupyterLab', wrong: 'JupyterLab is disabled' },
  logs: { title: 'Logs', wrong: 'the defaults of this group are used' },
  healthchecks: { title: 'Healthchecks', wrong: 'nobody is told' },
  platform: { title: 'Set by the platform' },
}
