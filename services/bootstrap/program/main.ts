import { BootstrapFailure } from '../exit-codes.ts'
import type { Order } from '../orders.ts'
import { bootstrapRepo } from './bootstrap-repo.ts'
import { sayFailed } from './say.ts'
import { syncRequirements } from './sync-requirements.ts'
import { systemFailure } from './system-failure.ts'

// The program that touches REPO_DIR and VENV_DIR: a volume may hang, and then it hangs alone.
const { phase, order } = JSON.parse(process.argv[2] ?? '') as Order // service.ts wrote it
const { env } = process

try {
  await (phase === 'repo' ? bootstrapRepo(order, env) : syncRequirements(order, env))
} catch (error) {
  const failure = error instanceof BootstrapFailure ? error : systemFailure(error, phase)
  if (failure === undefined) throw error
  sayFailed(failure.message)
  process.exitCode = failure.exitCode
}
