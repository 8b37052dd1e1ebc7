import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './step.mjs'

/** The compiled code that `npm start` keeps (NODE_COMPILE_CACHE): made by one start of a pod that ends when it is ready. */
export function compiledCode(root) {
  const folder = join(root, 'node_modules/.cache/podmate')
  return {
    name: 'compiled code',
    isMissing: () => !existsSync(folder),
    install() {
      const node = join(root, 'node_modules/node/bin/node')
      const env = { ...process.env, NODE_COMPILE_CACHE: folder }
      run(node, [join(root, 'scripts/setup/first-start.mjs')], { cwd: root, env })
    },
  }
}
