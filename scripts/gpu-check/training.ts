import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readConfig } from '../make-training-script/read-config.ts'
import { trainingScript } from '../make-training-script/training-script.ts'
import { launcher, packagesFor } from '../make-training-script/wrapper.ts'
import type { Row } from './row.ts'
import { type Ended, run } from './run.ts'

const torchSide = fileURLToPath(new URL('./torch_side.py', import.meta.url))
const factsMs = 120_000
/** A first step compiles kernels, and a pod may have a slow disk. */
const trainingMs = 900_000
const steps = 2

/** What Python says of its packages and its GPUs. */
export interface TorchFacts {
  /** Null: not installed. */
  readonly packages: Readonly<Record<string, string | null>>
  /** What PyTorch was built for; null: the CPU. */
  readonly cuda: string | null
  readonly gpus: readonly string[]
  readonly bf16: boolean
  readonly built_for: readonly string[]
}

/** A short fine-tuning, and what it is configured with. */
export interface TrainingCase {
  readonly name: string
  readonly config: Readonly<Record<string, unknown>>
  readonly gpus: number
}

export const trainings: readonly TrainingCase[] = [
  { name: 'fine-tuning, mixed precision', config: {}, gpus: 1 },
  { name: 'fine-tuning, 4 bits', config: { quantization: '4bit' }, gpus: 1 },
  { name: 'fine-tuning, 8 bits', config: { quantization: '8bit' }, gpus: 1 },
  { name: 'fine-tuning, two processes', config: { multi_gpu: 'ddp', gpus: 2 }, gpus: 2 },
  { name: 'fine-tuning, two with FSDP', config: { multi_gpu: 'fsdp', gpus: 2 }, gpus: 2 },
  { name: 'fine-tuning, two with DeepSpeed', config: { multi_gpu: 'deepspeed', gpus: 2 }, gpus: 2 },
]

/** Asks a Python; a text when it cannot be asked. */
export async function askTorch(python: string, env: NodeJS.ProcessEnv): Promise<TorchFacts | string> {
  const ended = await run(python, [torchSide, 'facts'], { env, limitMs: factsMs })
  return answerOf(ended) ?? `${python} cannot be asked: ${ended.lines.at(-1) ?? 'it said nothing'}`
}

/** Whether PyTorch can use the GPU. Pure. */
export function torchRow(name: string, facts: TorchFacts | string): Row {
  if (typeof facts === 'string') return { name, state: 'not tried', fact: facts }
  const { packages, cuda, gpus, built_for } = facts
  const versions = Object.entries(packages).flatMap(([one, version]) =>
    version ? [`${one} ${version}`] : [],
  )
  if (!packages.torch) return { name, state: 'not tried', fact: 'PyTorch is not installed' }
  const told = [`CUDA ${cuda ?? 'none'}`, ...gpus, ...versions, ...built_for].join(', ')
  return gpus.length > 0
    ? { name, state: 'holds', fact: told }
    : { name, state: 'FAILED', fact: `PyTorch sees no GPU: ${told}` }
}

/** How exact products are in the precisions that trainings use. */
export async function precisionRow(name: string, python: string, env: NodeJS.ProcessEnv): Promise<Row> {
  const ended = await run(python, [torchSide, 'precision'], { env, limitMs: factsMs })
  const { off } = answerOf<{ off: Readonly<Record<string, number>> }>(ended) ?? {}
  if (off === undefined) return failed(name, ended)
  const fact = Object.entries(off).map(([kind, share]) => `${kind} ${(100 * share).toPrecision(2)} %`)
  const holds = Object.values(off).every((share) => share < 0.02)
  return { name, state: holds ? 'holds' : 'FAILED', fact: `off by ${fact.join(', ')} of the largest number` }
}

/** Why a training cannot be tried; undefined when it can. Pure. */
export function whyNotTried({ config, gpus }: TrainingCase, facts: TorchFacts | string, python: string) {
  if (typeof facts === 'string') return facts
  if (!facts.packages.torch) return 'PyTorch is not installed'
  if (facts.gpus.length === 0) return 'PyTorch sees no GPU'
  if (facts.gpus.length < gpus) return `one GPU here, ${gpus} are needed`
  const wanted = packagesFor(configFor('', config))
  const missing = wanted.filter((name) => !facts.packages[name.split('>')[0] ?? ''])
  if (missing.length === 0) return undefined
  return `missing: ${python} -m pip install ${missing.map((name) => `'${name}'`).join(' ')}`
}

/** Two steps of the script that a user would generate, with a tiny model; what it learnt is looked at. */
export async function trainingRow(
  { name, config }: Pick<TrainingCase, 'name' | 'config'>,
  python: string,
  env: NodeJS.ProcessEnv,
): Promise<Row> {
  const folder = await mkdtemp(join(tmpdir(), 'podmate-gpu-check-'))
  try {
    const ask = (words: readonly string[], limitMs: number) =>
      run(python, words, { env: trainingEnvironment(env, folder), cwd: folder, limitMs })
    const tiny = await ask([torchSide, 'tiny', folder], trainingMs)
    if (tiny.code !== 0) return failed(name, tiny)
    const full = configFor(folder, config)
    await mkdir(full.output_dir, { recursive: true })
    await writeFile(join(folder, 'train.py'), trainingScript(full))
    const launch = launcher(full)
      .split(' ')
      .filter((word) => word !== '')
    const startedAt = performance.now()
    const ended = await ask([...launch, 'train.py'], trainingMs)
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
    if (ended.code !== 0) return failed(name, ended)
    const learnt = await ask([torchSide, 'trained', full.output_dir], factsMs)
    if (!answerOf<{ trained: boolean }>(learnt)?.trained)
      return { ...failed(name, learnt), fact: 'it ended with 0, and its adapter has learnt nothing' }
    return { name, state: 'holds', fact: `${steps} steps in ${seconds} s, the adapter has learnt` }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function configFor(folder: string, config: TrainingCase['config']) {
  return readConfig({
    ...{ model: join(folder, 'model'), dataset: join(folder, 'rows.jsonl'), architecture: 'llama' },
    ...{ output_dir: join(folder, 'out'), checkpoint_dir: join(folder, 'checkpoints') },
    ...{ max_steps: steps, max_length: 32, logging_steps: 1, learning_rate: 0.01 },
    ...config,
  })
}

/** No job of podmate is told of these steps, no checkpoint of the user is gone on from, and nothing is fetched. */
function trainingEnvironment(env: NodeJS.ProcessEnv, folder: string): NodeJS.ProcessEnv {
  const ofJobs = /^(JOB_|METRICS_|RESUME_|CHECKPOINT_DIR$|HF_TOKEN$|WANDB_)/
  const kept = Object.entries(env).filter(([name]) => !ofJobs.test(name))
  return { HOME: folder, ...Object.fromEntries(kept), HF_HUB_OFFLINE: '1' }
}

function failed(name: string, { code, lines }: Ended): Row {
  const last = lines.at(-1) ?? 'it said nothing'
  return { name, state: 'FAILED', fact: `exit ${code ?? 'none'}: ${last.slice(0, 200)}`, lines }
}

/** The last line of what torch_side.py printed; undefined when it failed. */
function answerOf<Answer = TorchFacts>({ code, out }: Ended): Answer | undefined {
  return code === 0 ? JSON.parse(out.trim().split('\n').at(-1) ?? '') : undefined
}
