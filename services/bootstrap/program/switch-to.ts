import type { Git } from './git.ts'
import type { Target } from './plan-move.ts'

/** Checks a target out: a branch by its name, with the remote's as its upstream; a tag or commit detached. */
export async function switchTo(git: Git, { type, name, commit }: Target): Promise<void> {
  if (type !== 'branch') {
    await git.run('switch', '--quiet', '--detach', commit)
  } else if (await git.ask('rev-parse', '--verify', '--quiet', `refs/heads/${name}`)) {
    await git.run('switch', '--quiet', '--no-guess', name)
  } else {
    await git.run('switch', '--quiet', '--create', name, '--track', `refs/remotes/origin/${name}`)
  }
}
