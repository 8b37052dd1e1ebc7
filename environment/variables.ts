import { resolve } from 'node:path'
import { z } from 'zod'
import { jupyter, ports, sshd } from './access-variables.ts'
import { artifacts } from './artifact-variables.ts'
import { autostop } from './autostop-variables.ts'
import {
  flag,
  folder,
  latestOrPath,
  matching,
  oneOf,
  optionalPath,
  optionalPaths,
  optionalSecret,
  optionalSecretUrl,
  optionalText,
  whole,
} from './fields.ts'
import { jobs } from './jobs-variables.ts'
import { bootstrap, trainer } from './work-variables.ts'

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
    does: 'The token that every request needs, except the probes `/healthz`, `/readyz` and those of `/v2`.',
    unset: 'reads and `/infer` are open; changes need a generated token (`podctl url` shows it)',
  }),
  ACTIVITY_HEARTBEAT_FILE: optionalPath({
    does: 'A file that is touched when a request counts as activity.',
    unset: 'no file is touched',
  }),
})

const inference = z.object({
  START_INFERENCE_API: flag('1', { does: 'Serves a chess model at `/infer`; 0 removes `/infer` only.' }),
  INFERENCE_API_MODEL_PATH: latestOrPath({
    does: 'The `.pt`, `.pth`, `.ckpt` or `.onnx` model to serve; `latest` takes the newest valid one of ARTIFACT_DIRS, else the model that podmate ships.',
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
  INFERENCE_API_STATE_CACHE_MB: whole(64, [0, 65_536], {
    does: 'Megabytes for the states of games that were asked before, in each model host: a game that grows is then answered from its last moves. 0 keeps none.',
  }),
  INFERENCE_API_QUANTIZE: oneOf(['none', 'int8'], 'none', {
    does: 'int8 answers `.pt` models on the CPU about three times as fast, and nearly the same: `/status` says how nearly. none serves full precision.',
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
  RUNPOD_GPU_COUNT: optionalText({ does: 'How many GPUs the pod was rented with. Set by RunPod.' }),
})

const tools = z.object({
  PODMATE_URL: optionalText({
    does: 'The address of the podmate that the UCI engine (`scripts/uci.ts`) plays.',
    unset: 'the podmate of this machine',
  }),
  PODMATE_TOKEN: optionalText({
    does: 'The token of that podmate, also for `podctl --url`.',
    unset: 'the one in the address; the UCI engine takes API_TOKEN',
    secret: 'value',
  }),
  PODMATE_SOCKET: optionalText({
    does: 'The control socket that podctl and the UCI engine use on this machine.',
    unset: 'found by POD_STATE_DIR',
  }),
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
  jobs,
  artifacts,
  autostop,
  jupyter,
  ports,
  logs,
  healthchecks,
  platform,
  tools,
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
  jobs: { title: 'Training jobs and metrics', wrong: 'all of this group count as unset' },
  artifacts: { title: 'Artifacts on Hugging Face', wrong: 'nothing is uploaded' },
  autostop: {
    title: 'The pod stops itself',
    wrong: 'that value alone counts as unset, with a warning: the rest, a budget above all, holds',
  },
  jupyter: { title: 'JupyterLab', wrong: 'JupyterLab is disabled' },
  ports: { title: 'Open ports', wrong: 'only the ports of podmate itself may be open' },
  logs: { title: 'Logs', wrong: 'the defaults of this group are used' },
  healthchecks: { title: 'Healthchecks', wrong: 'nobody is told' },
  platform: { title: 'Set by the platform' },
  tools: { title: 'For podctl and the UCI engine' },
}
