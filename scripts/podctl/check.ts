import { uploadProblem } from '../../boot/artifacts-options.ts'
import { keySources } from '../../boot/service-options.ts'
import { effectiveConfiguration } from '../../environment/effective-configuration.ts'
import { type Environment, readEnvironment } from '../../environment.ts'
import { authorizedKeys } from '../../services/sshd/authorized-keys.ts'
import { noKeyProblem } from '../../services/sshd/why-disabled.ts'
import type { Call } from './call.ts'
import { exitCodes } from './exit-codes.ts'
import { table } from './table.ts'

/** Prints what podmate would go by, secrets masked, and everything that is wrong with it. Needs no running podmate. */
export async function check({ env, terminal }: Call): Promise<number> {
  const rows = effectiveConfiguration(env).map(({ name, value, source }) => [name, source, value])
  for (const line of table([['VARIABLE', 'FROM', 'VALUE'], ...rows])) terminal.out(line)
  const environment = readEnvironment(env)
  const found = [keyFindings(environment), uploadFindings(environment)]
  const warnings = [...environment.warnings, ...found.flatMap((one) => one.warnings)]
  const errors = [
    ...environment.problems.map(({ message }) => message),
    ...found.flatMap((one) => one.errors),
  ]
  for (const text of warnings) terminal.err(`warning: ${text}`)
  for (const text of errors) terminal.err(`error: ${text}`)
  if (errors.length > 0) return exitCodes.configuration
  terminal.out('')
  terminal.out('The configuration is in order.')
  return exitCodes.true
}

interface Findings {
  readonly warnings: readonly string[]
  readonly errors: readonly string[]
}

/** What sshd would say of its keys. */
function keyFindings(environment: Environment): Findings {
  const { sshd } = environment.values
  const keys = authorizedKeys(keySources(environment))
  if (sshd?.START_SSHD === false) return { warnings: [], errors: [] }
  if (keys.lines.length > 0) return { warnings: keys.problems, errors: [] }
  const isMissed = sshd?.START_SSHD === true || keys.problems.length > 0
  return { warnings: [], errors: isMissed ? [`nobody can log in over SSH: ${noKeyProblem(keys)}`] : [] }
}

/** What the uploads would say of their token; a wrong value of their group is an error already. */
function uploadFindings(environment: Environment): Findings {
  const { artifacts } = environment.values
  const problem = artifacts && artifacts.START_HF_WATCH !== false ? uploadProblem(environment) : undefined
  if (problem === undefined || (artifacts?.START_HF_WATCH === 'auto' && !artifacts.HF_REPO_ID))
    return { warnings: [], errors: [] }
  const text = `nothing is uploaded: ${problem}`
  const isMeant = artifacts?.START_HF_WATCH === true || artifacts?.HF_TOKEN !== undefined
  return isMeant ? { warnings: [], errors: [text] } : { warnings: [text], errors: [] }
}
