#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { exitCodes, PodctlError } from './podctl/exit-codes.ts'
import { readArguments, usage } from './uci/arguments.ts'
import { parseCommand } from './uci/command.ts'
import { Engine } from './uci/engine.ts'
import { lines } from './uci/lines.ts'

async function uci(words: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const place = readArguments(words, env)
  if (place === 'help') return console.log(usage)
  const say = (line: string) => void process.stdout.write(`${line}\n`)
  const engine = new Engine({ place, env, version: version(), say })
  for await (const line of lines(process.stdin)) {
    const command = parseCommand(line)
    if (command && !engine.take(command)) return await engine.quit()
  }
  await engine.finish()
  await engine.quit()
}

function version(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  )
  return manifest.version
}

// A GUI that is gone reads no more.
process.stdout.on('error', () => process.exit(exitCodes.true))
try {
  await uci(process.argv.slice(2), process.env)
  // Not by itself: a name that is being looked up, or a GUI that keeps our input open, would hold it.
  process.exit(exitCodes.true)
} catch (error) {
  if (!(error instanceof PodctlError)) throw error
  console.error(`uci: ${error.message}`)
  process.exitCode = error.exitCode
}
