#!/usr/bin/env node
import { existsSync, readdirSync } from 'node:fs'
import { arch, cpus, release, type } from 'node:os'
import { parseArgs } from 'node:util'
import { readEnvironment } from '../environment.ts'
import manifest from '../package.json' with { type: 'json' }
import { onnxruntimeRow, parityRow } from './gpu-check/inference.ts'
import { noGpu, type Row, reportLines, verdictOf } from './gpu-check/row.ts'
import { run } from './gpu-check/run.ts'
import {
  askTorch,
  precisionRow,
  torchRow,
  trainingRow,
  trainings,
  whyNotTried,
} from './gpu-check/training.ts'
import { exitCodes } from './podctl/exit-codes.ts'

const usage = `usage: node scripts/gpu-check.ts [--python PATH] [--json]
Tries on a GPU what podmate's tests cannot try without one, and prints one table to send back. It takes some minutes, needs no
running podmate, and writes nothing but temporary files.
  --python PATH       the Python that trains (default: that of VENV_DIR, else python3)
  --json              the rows as JSON
  --inference DEVICE  only how the model answers on cuda:N (or cpu), as JSON
Exit codes: 0 nothing failed; 1 something failed; 2 wrong usage; 3 there is no GPU here.`

const names = {
  driver: 'GPU and driver',
  onnxruntime: 'onnxruntime on CUDA',
  parity: '/infer on CUDA and CPU',
  torch: 'PyTorch on CUDA',
  precision: 'products of matrices',
} as const
const smiMs = 60_000
const inferenceMs = 600_000
const fields = 'index,name,driver_version,memory.total,compute_cap'

interface Gpus {
  readonly row: Row
  /** Their numbers; none: no GPU, or nobody can say. */
  readonly indices: readonly number[]
}

async function gpus(): Promise<Gpus | undefined> {
  const name = names.driver
  const words = [`--query-gpu=${fields}`, '--format=csv,noheader']
  const { code, out, lines } = await run('nvidia-smi', words, { env: process.env, limitMs: smiMs })
  const found = out.split('\n').filter((line) => /^\d+,/.test(line))
  if (code === 0 && found.length > 0)
    return {
      row: { name, state: 'holds', fact: found.join('; ') },
      indices: found.map((line) => Number.parseInt(line, 10)),
    }
  const devices = readdirSync('/dev').filter((device) => /^nvidia\d+$/.test(device))
  if (devices.length === 0) return undefined
  const fact = `nvidia-smi: ${lines.at(-1) ?? 'it said nothing'}, although there is /dev/${devices.join(' and ')}`
  return { row: { name, state: 'FAILED', fact }, indices: devices.map((_device, index) => index) }
}

/** In a process of its own for each GPU: a library that crashes must not take the table with it. */
async function inferenceRows(index: number): Promise<readonly Row[]> {
  const words = [import.meta.filename, '--inference', `cuda:${index}`]
  const { code, out, lines } = await run(process.execPath, words, { env: process.env, limitMs: inferenceMs })
  if (code === 0 || code === exitCodes.notTrue) return JSON.parse(out)
  const fact = `the process ended: ${lines.at(-1) ?? 'it said nothing'}`
  return [{ name: `${names.onnxruntime}:${index}`, state: 'FAILED', fact, lines }]
}

async function answersOn(device: string): Promise<readonly Row[]> {
  const at = device === 'cpu' ? ' (CPU)' : device.slice('cuda'.length)
  const ran = await onnxruntimeRow(`${names.onnxruntime}${at}`, device)
  const name = `${names.parity}${at}`
  if (ran.state !== 'holds')
    return [ran, { name, state: 'not tried', fact: 'onnxruntime does not run there' }]
  const index = Number(device.slice('cuda:'.length))
  return [ran, await parityRow(name, device === 'cpu' ? { type: 'cpu' } : { type: 'cuda', index })]
}

async function pythonRows(python: string): Promise<readonly Row[]> {
  tell(`asking ${python}`)
  const facts = await askTorch(python, process.env)
  const rows = [torchRow(names.torch, facts)]
  const isThere = typeof facts !== 'string' && facts.gpus.length > 0
  rows.push(
    isThere
      ? await precisionRow(names.precision, python, process.env)
      : { name: names.precision, state: 'not tried', fact: 'PyTorch sees no GPU' },
  )
  for (const training of trainings) {
    const reason = whyNotTried(training, facts, python)
    if (reason === undefined) tell(training.name)
    rows.push(
      reason === undefined
        ? await trainingRow(training, python, process.env)
        : { name: training.name, state: 'not tried', fact: reason },
    )
  }
  return rows
}

async function allRows(python: string): Promise<readonly Row[]> {
  tell('asking nvidia-smi')
  const found = await gpus()
  if (found === undefined)
    return [...Object.values(names), ...trainings.map(({ name }) => name)].map((name) => {
      return { name, state: 'not tried', fact: noGpu }
    })
  const rows: Row[] = [found.row]
  for (const index of found.indices) {
    tell(`the model on cuda:${index}`)
    rows.push(...(await inferenceRows(index)))
  }
  return [...rows, ...(await pythonRows(python))]
}

function tell(text: string): void {
  process.stderr.write(`${text} ...\n`)
}

function pythonOf(given: string | undefined): string {
  const venv = readEnvironment(process.env).values.pod?.VENV_DIR
  const own = `${venv}/bin/python`
  return given ?? (venv !== undefined && existsSync(own) ? own : 'python3')
}

function readCall() {
  try {
    const options = {
      python: { type: 'string' },
      json: { type: 'boolean', default: false },
      inference: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    } as const
    const { values } = parseArgs({ options })
    if (values.inference !== undefined && !/^(cpu|cuda:\d{1,2})$/.test(values.inference))
      return `--inference must be cpu or cuda:N, not ${values.inference}`
    return values
  } catch (error) {
    return error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error)
  }
}

const call = readCall()
if (typeof call === 'string') {
  console.error(`gpu-check: ${call}\n${usage}`)
  process.exitCode = exitCodes.usage
} else if (call.help) {
  console.log(usage)
} else if (call.inference !== undefined) {
  const rows = await answersOn(call.inference)
  console.log(JSON.stringify(rows))
  process.exitCode = verdictOf(rows).code
} else {
  const rows = await allRows(pythonOf(call.python))
  const processor = cpus()[0]?.model ?? 'unknown processor'
  const head = `podmate ${manifest.version}, Node ${process.version}, ${type()} ${release()} ${arch()}, ${processor}, base CUDA ${process.env.CUDA_VERSION ?? 'none'}`
  console.log(call.json ? JSON.stringify({ head, rows }) : reportLines(head, rows).join('\n'))
  process.exitCode = verdictOf(rows).code
}
