import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Account } from '../../supervisor/account.ts'
import { configProblem, sessionProblem } from './check-config.ts'
import { findSftpServer } from './find-program.ts'
import { environmentFile, writeOwn, writeRunFiles } from './run-files.ts'
import { type ConfigOptions, sshdConfig } from './sshd-config.ts'

export interface Preparation {
  readonly sshd: string
  readonly port: number
  readonly folder: string
  readonly accounts: readonly Account[]
  readonly keyLines: readonly string[]
  readonly environment: string
  readonly hostKeyPaths: readonly string[]
  warn(text: string): void
}

/**
 * Writes everything that sshd is started with, tried out, and gives the path of its configuration. What is wrong with
 * the environment costs the environment, never the way in. Rejects when sshd would not start in any case.
 */
export async function prepare(preparation: Preparation): Promise<string> {
  const { sshd, port, folder, accounts, hostKeyPaths, warn } = preparation
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 })
  await writeRunFiles(folder, preparation)
  const path = join(folder, 'sshd_config')
  const self = accounts[0]?.name ?? 'root'
  const sftpServer = findSftpServer()
  if (sftpServer === undefined)
    warn('there is no sftp-server here, so sftp and scp do not work: install openssh-sftp-server')
  const write = async (withEnvironment: boolean) => {
    const names = accounts.map(({ name }) => name)
    const config: ConfigOptions = {
      ...{ port, folder, hostKeyPaths, sftpServer, withEnvironment },
      ...{ allowed: names, keysAs: self },
    }
    await writeOwn(path, sshdConfig(config), 0o600)
    return configProblem(sshd, path)
  }
  const problems = await Promise.all([sessionProblem(environmentFile(folder, self)), write(true)])
  const problem = problems.find((text) => text !== undefined)
  if (problem === undefined) return path
  const rest = await write(false)
  if (rest !== undefined) throw new Error(`sshd would not start: ${rest}`)
  warn(`SSH sessions do not get the environment of the container: ${problem}`)
  return path
}
