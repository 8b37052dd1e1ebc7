import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

const usage = `usage: npm start -- [--model PATH]
Starts podmate. Everything else is said by environment variables: env.example lists them.
  --model PATH  the model to serve, in the place of INFERENCE_API_MODEL_PATH; latest: the newest one
  -h, --help    this text
`

/** What was typed: an environment to start with, or a text to end with, at once. */
export type Start =
  | { readonly type: 'start'; readonly env: NodeJS.ProcessEnv }
  | { readonly type: 'end'; readonly code: 0 | 2; readonly text: string }

/** Reads the arguments of podmate; each stands for a variable, and goes before it. */
export function readStart(words: readonly string[], env: NodeJS.ProcessEnv): Start {
  const options = { model: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const
  try {
    const { values } = parseArgs({ args: [...words], options })
    const { model, help } = values
    if (help) return { type: 'end', code: 0, text: usage }
    if (model === undefined) return { type: 'start', env }
    if (model.trim() === '') throw new Error('--model must be the path of a model, or latest')
    return { type: 'start', env: { ...env, INFERENCE_API_MODEL_PATH: modelPath(model, env) } }
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error)
    return { type: 'end', code: 2, text: `${reason}\n${usage}` }
  }
}

/** npm changes to podmate's own folder first: a path counts from where it was typed. */
function modelPath(model: string, { INIT_CWD, npm_lifecycle_event }: NodeJS.ProcessEnv): string {
  if (model === 'latest') return model
  return resolve(npm_lifecycle_event === 'start' ? (INIT_CWD ?? '.') : '.', model)
}
