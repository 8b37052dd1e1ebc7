import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { flagHelp, flagOptions } from './flags.ts'

export interface MakeCall {
  readonly help: boolean
  /** Where the scripts go. */
  readonly out: string
  /** A JSON file; `-` is stdin. */
  readonly config: string | undefined
  readonly force: boolean
  /** What other flags were given. */
  readonly values: Readonly<Record<string, unknown>>
}

/** What the tool tells about itself. */
export const usage =
  () => `node scripts/make-training-script.ts --model MODEL --dataset DATASET [--config FILE] [--out FOLDER] [--force] [FIELD ...]

Writes train.py, which fine-tunes a language model with LoRA and needs no other file, and train.sh, which installs what
train.py needs and runs it. They go into FOLDER (.), over older ones only with --force. --config is JSON with the fields
below, with _ for - (\`-\` reads stdin); flags go before it. \`stages\`, a list, is in JSON only.

${flagHelp()}

A switch is turned off with --no-.
Exit codes: 0 written, 1 not written, 2 the configuration is wrong.`

/** What the user typed, or a sentence that says what is wrong with it. */
export function readCall(words: readonly string[]): MakeCall | string {
  const options: ParseArgsOptionsConfig = {
    ...flagOptions,
    ...{ config: { type: 'string' }, out: { type: 'string', default: '.' } },
    ...{ force: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
  }
  try {
    const { values } = parseArgs({ args: [...words], options, allowNegative: true })
    const { config, out, force, help, ...rest } = values
    return {
      config: config === undefined ? undefined : String(config),
      out: String(out),
      force: force === true,
      help: help === true,
      values: rest,
    }
  } catch (error) {
    return error instanceof Error ? (error.message.split(/\.\s/)[0] ?? '') : String(error)
  }
}
