import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { stamp } from './stamp.mjs'
import { run, SetupFailure } from './step.mjs'

/** What package-lock.json names, in node_modules; the Node that runs podmate is among it. */
export function npmPackages(root) {
  const modules = join(root, 'node_modules')
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8')
  // Not the version of Node: the first run is the system's, later ones are that of node_modules.
  const made = stamp(join(modules, '.podmate-setup'), lock, process.platform, process.arch)
  const isInstalled = () =>
    existsSync(join(modules, '.bin', 'node')) && existsSync(join(modules, 'node', 'bin', 'node'))

  return {
    name: 'npm packages',
    isMissing: () => !(isInstalled() && made.isCurrent()),
    install() {
      const byHand = isInstalled() && isAsLocked(modules, lock)
      if (!byHand) {
        run(
          'npm',
          [
            'ci',
            '--no-audit',
            '--no-fund',
            '--no-update-notifier',
            '--loglevel=error',
            '--ignore-scripts=false',
          ],
          {
            cwd: root,
            env: environment(modules),
          },
        )
      }
      if (!isInstalled())
        throw new SetupFailure(
          'npm did not run the install script of the package `node`; see `npm help scripts`',
        )
      made.write()
      return byHand ? 'already as locked' : undefined
    },
  }
}

function environment(modules) {
  const { PATH = '', ...rest } = process.env
  // npm must not run on a Node that it is about to delete.
  const path = PATH.split(delimiter).filter((folder) => !folder.startsWith(modules))
  return { ...rest, PATH: path.join(delimiter), ONNXRUNTIME_NODE_INSTALL: 'skip' }
}

/** Whether npm itself has noted that it installed just what the lock names (packages for other systems left out). */
function isAsLocked(modules, lock) {
  try {
    const installed = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8')).packages
    const wanted = JSON.parse(lock).packages
    return (
      Object.keys(installed).every((path) => path in wanted) &&
      Object.entries(wanted).every(
        ([path, { version, optional }]) =>
          path === '' || (installed[path] ? installed[path].version === version : optional === true),
      )
    )
  } catch {
    return false // no note: not installed, or not to its end
  }
}
