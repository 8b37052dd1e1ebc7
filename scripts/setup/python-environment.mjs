import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stamp } from './stamp.mjs'
import { run } from './step.mjs'

const requirementFiles = [
  'services/trainer/python/requirements.txt',
  'test/python/requirements.txt',
  'scripts/bench/peer/requirements.txt',
]

/** The virtual environment in .venv with what the trainer, the tests and the bench need. PODMATE_PYTHON names another one to use. */
export function pythonEnvironment(root) {
  const folder = join(root, '.venv')
  const files = requirementFiles.map((name) => join(root, name)).filter(existsSync)
  const made = stamp(join(folder, '.podmate-setup'), ...files.map((path) => readFileSync(path, 'utf8')))
  const python = join(folder, 'bin', 'python')

  return {
    name: 'Python packages for tests (torch is large)',
    isMissing: () => !process.env.PODMATE_PYTHON && !made.isCurrent(),
    install() {
      if (!works(python, 'import pip')) makeEnvironment(folder)
      const quiet = ['--quiet', '--disable-pip-version-check', '--no-input']
      run(python, ['-m', 'pip', 'install', ...quiet, ...files.flatMap((path) => ['-r', path])])
      made.write()
    },
  }
}

function makeEnvironment(folder) {
  const canMake = works('python3', 'import ensurepip')
  if (!canMake && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    run('apt-get', ['update'], { env })
    run('apt-get', ['install', '-y', '--no-install-recommends', 'python3', 'python3-venv'], { env })
  }
  run('python3', ['-m', 'venv', '--clear', folder])
}

function works(python, statement) {
  return spawnSync(python, ['-c', statement], { stdio: 'ignore' }).status === 0
}
