import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { run, SetupFailure } from './step.mjs'

/** Debian packages that tests use, each with a program of it. */
const packages = {
  bindfs: 'bindfs',
  chromium: 'chromium',
  fuse3: 'fusermount3',
  iproute2: 'ss',
  mount: 'mount',
  'openssh-client': 'ssh',
  'openssh-server': 'sshd',
  procps: 'ps',
  rsync: 'rsync',
  stockfish: 'stockfish',
  tini: 'tini',
  'util-linux': 'setpriv',
}

/** The programs that tests use; on Linux only, and installed only by root with apt. */
export function systemPackages() {
  const missing = () => Object.keys(packages).filter((name) => !isProgram(packages[name]))
  return {
    name: 'system packages for tests',
    isMissing: () => process.platform === 'linux' && missing().length > 0,
    install() {
      const names = missing()
      const line = `apt-get install ${names.join(' ')}`
      if (!isProgram('apt-get'))
        throw new SetupFailure(`not here: ${names.join(', ')} (no apt-get to install them with)`)
      if (process.getuid() !== 0) throw new SetupFailure(`not here: ${names.join(', ')}; as root: ${line}`)
      const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
      const wait = ['-o', 'DPkg::Lock::Timeout=120']
      run('apt-get', [...wait, 'update'], { env })
      run('apt-get', [...wait, 'install', '-y', '--no-install-recommends', ...names], { env })
      return names.join(', ')
    },
  }
}

function isProgram(name) {
  const { PATH = '' } = process.env
  return [...PATH.split(delimiter), '/usr/sbin', '/sbin', '/usr/games'].some((folder) =>
    existsSync(join(folder, name)),
  )
}
