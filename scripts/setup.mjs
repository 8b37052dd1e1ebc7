// Makes a clone ready to run: every npm script calls it first. Plain JavaScript without dependencies, for Node 20 and
// later, because what it installs is what everything else needs. `--test` adds what only tests need.
import { fileURLToPath } from 'node:url'
import { compiledCode } from './setup/compiled-code.mjs'
import { exclusively } from './setup/lock.mjs'
import { npmPackages } from './setup/npm-packages.mjs'
import { pythonEnvironment } from './setup/python-environment.mjs'
import { SetupFailure, step } from './setup/step.mjs'
import { systemPackages } from './setup/system-packages.mjs'

const oldestNode = 20
const root = fileURLToPath(new URL('..', import.meta.url))

try {
  if (Number.parseInt(process.versions.node, 10) < oldestNode) {
    throw new SetupFailure(
      `Node ${oldestNode} or later is needed, this is ${process.version}: install a newer Node`,
    )
  }
  const needed = [npmPackages(root)]
  const forTests = process.argv.includes('--test') ? [systemPackages(), pythonEnvironment(root)] : []
  const helpful = [compiledCode(root), ...forTests]
  const isMissing = (part) => part.isMissing()
  if ([...needed, ...helpful].some(isMissing)) {
    await exclusively(root, () => {
      // Whoever had the lock before may have done it all.
      for (const part of needed.filter(isMissing)) step(part)
      // A start goes without; tests say themselves what they miss, and are counted as skipped.
      for (const part of helpful.filter(isMissing)) step(part, { orGoOn: true })
    })
  }
} catch (error) {
  if (!(error instanceof SetupFailure)) throw error
  console.error(`setup: ${error.message}`)
  process.exitCode = 1
}
