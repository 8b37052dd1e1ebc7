import { effectiveConfiguration } from '../../environment/effective-configuration.ts'
import { readEnvironment } from '../../environment.ts'
import type { Call } from './call.ts'
import { exitCodes } from './exit-codes.ts'
import { table } from './table.ts'

/** Prints what podmate would go by, secrets masked, and everything that is wrong with it. Needs no running podmate. */
export async function check({ env, terminal }: Call): Promise<number> {
  const rows = effectiveConfiguration(env).map(({ name, value, source }) => [name, source, value])
  for (const line of table([['VARIABLE', 'FROM', 'VALUE'], ...rows])) terminal.out(line)
  const { problems, warnings } = readEnvironment(env)
  for (const text of warnings) terminal.err(`warning: ${text}`)
  for (const { message } of problems) terminal.err(`error: ${message}`)
  if (problems.length > 0) return exitCodes.configuration
  terminal.out('')
  terminal.out('The configuration is in order.')
  return exitCodes.true
}
