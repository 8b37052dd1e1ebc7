#!/usr/bin/env node
import { readFile } from 'node:fs/promises'
import { parseCall } from './podctl/arguments.ts'
import { commands } from './podctl/commands.ts'
import { exitCodes, PodctlError } from './podctl/exit-codes.ts'
import { findPodmate } from './podctl/find-podmate.ts'
import { help } from './podctl/help.ts'
import { type Terminal, terminal } from './podctl/terminal.ts'

async function podctl(words: readonly string[], env: NodeJS.ProcessEnv, screen: Terminal): Promise<number> {
  const wish = parseCall(words)
  if (wish.type !== 'command') {
    screen.out(wish.type === 'help' ? help().trimEnd() : await version())
    return exitCodes.true
  }
  const { name, positionals, options } = wish
  const connect = () => findPodmate(options, env)
  return (
    (await commands[name]?.run({ positionals, options, env, terminal: screen, connect })) ?? exitCodes.usage
  )
}

async function version(): Promise<string> {
  const manifest: { version: string } = JSON.parse(
    await readFile(new URL('../package.json', import.meta.url), 'utf8'),
  )
  return manifest.version
}

// `podctl logs | head` closes our output early: that is no failure. A full disk is one.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? exitCodes.true : exitCodes.notTrue)
})
const screen = terminal(process.env, process.stdout.isTTY === true)
try {
  process.exitCode = await podctl(process.argv.slice(2), process.env, screen)
} catch (error) {
  if (!(error instanceof PodctlError)) throw error
  screen.err(`podctl: ${error.message}`)
  process.exitCode = error.exitCode
}
