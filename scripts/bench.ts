import { comparisonsCommand } from './bench/comparisons.ts'
import { inferenceCommand } from './bench/inference.ts'

const commands: Readonly<Record<string, (words: readonly string[]) => Promise<number>>> = {
  '': comparisonsCommand,
  inference: inferenceCommand,
}

const [name = '', ...words] = process.argv.slice(2)
const command = commands[name]
if (command === undefined) console.error(`usage: npm run bench, or npm run bench -- inference [--help]`)
process.exitCode = command ? await command(words) : 64
