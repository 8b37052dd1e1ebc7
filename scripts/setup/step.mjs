import { spawnSync } from 'node:child_process'

/** A failure that the message explains, with what to do. */
export class SetupFailure extends Error {}

/** Does one part, on one line with the time that it took. With `orGoOn` a failure is only told. */
export function step({ name, install }, { orGoOn = false } = {}) {
  const began = performance.now()
  process.stderr.write(`setup: ${name} ... `)
  try {
    const remark = install()
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    process.stderr.write(`${remark ?? 'done'} (${seconds} s)\n`)
  } catch (error) {
    process.stderr.write('failed\n')
    if (!orGoOn || !(error instanceof SetupFailure)) throw error
    console.error(`setup: ${error.message}\nsetup: going on without`)
  }
}

/** Runs a program quietly; throws a SetupFailure with the remedy that fits what it said, or its last lines. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    ...options,
  })
  if (result.error?.code === 'ENOENT')
    throw new SetupFailure(`${command} was not found: install it and try again`)
  if (result.status === 0) return result.stdout
  const said = `${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`
  const line = [command, ...args].join(' ')
  throw new SetupFailure(`\`${line}\` failed${result.signal ? ` (${result.signal})` : ''}: ${remedy(said)}`)
}

const remedies = [
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ETIMEDOUT|Temporary failure|NewConnectionError|ERR_SOCKET/,
    'the package registry cannot be reached. Check the network (or the proxy settings) and try again',
  ],
  [/ENOSPC|No space left/i, 'the disk is full. Free some space and try again'],
  [
    /EACCES|EPERM|EROFS|Permission denied|Read-only file system/,
    'this folder may not be written. Give it to your account, or clone the repository to a folder of yours',
  ],
  [
    /can only install packages when your package\.json/,
    'package-lock.json is older than package.json. Run `npm install`',
  ],
  [/ensurepip/, 'Python has no venv module. Install python3-venv (Debian: apt-get install python3-venv)'],
  [
    /No matching distribution/,
    'a package does not exist for this Python version. Use Python 3.11 or a later one',
  ],
]

function remedy(said) {
  const [, words] = remedies.find(([sign]) => sign.test(said)) ?? []
  const lines = said.trimEnd().split('\n').slice(-15).join('\n  ')
  return `${words ?? 'it says'}\n  ${lines}`
}
