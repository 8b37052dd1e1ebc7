import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { bundle } from './bundle.ts'
import { pythonLiteral } from './python-literal.ts'
import { fields, type TrainingConfig } from './training-config.ts'

const folder = new URL('../../services/trainer/python/', import.meta.url)
const pieces = [
  'lora/config',
  'podmate_metrics',
  'lora/architectures',
  'lora/dataset',
  'lora/identity',
  'lora/features',
  'lora/model',
  'lora/arguments',
  'lora/scores',
  'lora/checkpoints',
  'lora/stopping',
  'lora/deliver',
  'lora/train',
]
const placeholder = 'CONFIG: dict[str, Any] = {}\n'
const header = `"""Fine-tunes a language model with LoRA. Written by podmate's make-training-script: CONFIG says what it does."""
`

/** A Python program that does what a configuration says, and needs no other file. */
export function trainingScript(config: TrainingConfig): string {
  const every = Object.fromEntries(
    (Object.keys(fields.shape) as (keyof TrainingConfig)[]).map((name) => [name, config[name]]), // its own fields
  )
  const literal = `CONFIG: dict[str, Any] = ${pythonLiteral(every)}\n`
  const read = pieces.map((path) => {
    const source = readFileSync(new URL(`${path}.py`, folder), 'utf8')
    const isConfig = path === 'lora/config'
    if (isConfig && !source.includes(placeholder)) throw new Error(`${path}.py has no place for CONFIG`)
    // By a function: a text with $& in it is no pattern.
    return { name: basename(path), source: isConfig ? source.replace(placeholder, () => literal) : source }
  })
  return bundle(header, read)
}
