/** Why a file cannot be served: one sentence that names what was found, what was expected and, where it helps, the remedy. */
export class ModelRefused extends Error {
  /** It is something else, such as a training state: nobody has to be told. */
  readonly isNoModel: boolean

  constructor(message: string, options: ErrorOptions & { readonly isNoModel?: boolean } = {}) {
    super(message, options)
    this.name = 'ModelRefused'
    this.isNoModel = options.isNoModel ?? false
  }
}

/** Where in its own source onnxruntime found a fault, and what it calls that: of no use to whoever has the file. */
const sources = [
  /\/onnxruntime_src\/\S+:\d+ (?:[^()]*\((?:[^()]|\([^()]*\))*\)(?: const)? )?/g,
  /\b\w+\.(?:cc|h):\d+ \w+ /g,
  /\[ONNXRuntimeError\] : \d+ : \w+ : /g,
]

/** What an error says, in one line. Pure. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return sources.reduce((text, source) => text.replace(source, ''), message).trim()
}
