import { benchInference } from './inference/bench-inference.ts'
import { figuresOf } from './inference/figures.ts'
import { type BenchOptions, readOptions, usage } from './inference/options.ts'
import { reportLines } from './inference/report-lines.ts'

/** `npm run bench -- inference`; returns the exit code. */
export async function inferenceCommand(words: readonly string[]): Promise<number> {
  const options = optionsOrProblem(words)
  if (typeof options === 'string') {
    console.error(`${options}\n${usage}`)
    return 64
  }
  const report = await benchInference(options, (line) => console.error(line))
  const print = options.json ? console.error : console.log
  for (const line of reportLines(report)) print(line)
  if (options.json) console.log(JSON.stringify(figuresOf(report.samples, report.bare)))
  return 0
}

function optionsOrProblem(words: readonly string[]): BenchOptions | string {
  try {
    return readOptions(words)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
