import { lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { BootstrapFailure } from '../exit-codes.ts'
import type { RepoOrder } from '../orders.ts'
import { gitIn } from './git.ts'
import { writeMarker } from './git-marker.ts'
import { readHead } from './head.ts'
import { cloneFolder } from './look-at-repo.ts'
import { switchTo } from './switch-to.ts'
import { askRemote, bring, missing } from './target.ts'

/** Clones `url` into REPO_DIR, which holds nothing but perhaps half a clone, through a folder inside it. */
export async function clone(url: string, order: RepoOrder, env: NodeJS.ProcessEnv): Promise<void> {
  const { dir, ref, retryMs } = order
  const folder = join(dir, cloneFolder)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  const git = gitIn(folder, env, retryMs)
  // Asked first: a mistyped name must not cost a whole clone at every try.
  const wanted = ref === undefined ? undefined : await askRemote(git, url, ref)
  if (ref !== undefined && wanted === undefined) throw missing()
  await git.network('clone', '--quiet', '--no-checkout', '--', url, '.')
  if (wanted) await switchTo(git, await bring(git, url, wanted))
  else if (await git.ask('rev-parse', '--verify', '--quiet', 'HEAD'))
    await git.run('reset', '--quiet', '--hard')
  writeMarker(folder, await readHead(git))
  finishClone(dir)
}

/** Puts a complete clone in its place, `.git` last: without it the folder still says that this is to be done. */
export function finishClone(dir: string): void {
  const folder = join(dir, cloneFolder)
  const names = readdirSync(folder).filter((name) => name !== '.git')
  const taken = names.find((name) => lstatSync(join(dir, name), { throwIfNoEntry: false }))
  if (taken !== undefined) {
    throw new BootstrapFailure('notAllowed', `REPO_DIR holds ${taken}, and so does REPO_URL; move it away`)
  }
  for (const name of [...names, '.git']) renameSync(join(folder, name), join(dir, name))
  rmdirSync(folder)
}
