import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { BootstrapFailure } from '../exit-codes.ts'
import type { RepoOrder } from '../orders.ts'
import type { Git } from './git.ts'

/** What Git LFS puts in the place of a file that is not fetched. */
const pointer = 'version https://git-lfs.github.com/spec/v1'
const mostNamed = 3

/**
 * Fetches what a checkout needs beside its commits: submodules and the files of Git LFS. Gives a sentence for what is not there, which
 * neither fails the bootstrap nor is passed over in silence.
 */
export async function fetchParts({ dir, submodules, lfs }: RepoOrder, git: Git): Promise<readonly string[]> {
  const said: string[] = []
  if (existsSync(join(dir, '.gitmodules'))) said.push(...(await fetchSubmodules(submodules, git)))
  const pointers = await pointersIn(dir, git)
  if (pointers.length > 0) said.push(...(await fetchLfs(lfs, dir, git)))
  return said
}

async function fetchSubmodules(wanted: boolean, git: Git): Promise<readonly string[]> {
  const missing = async () => {
    const lines = (await git.ask('submodule', 'status', '--recursive')) ?? ''
    return lines.split('\n').flatMap((line) => /^[-+]\S+ (.+?)(?: \(.*\))?$/.exec(line)?.[1] ?? [])
  }
  if (!wanted) return notFetched('submodules', await missing(), 'GIT_SUBMODULES is 0')
  try {
    await git.network('submodule', 'update', '--quiet', '--init', '--recursive')
    return notFetched('submodules', await missing(), 'git did not say why')
  } catch (error) {
    if (!(error instanceof BootstrapFailure)) throw error
    return notFetched('submodules', await missing(), error.message)
  }
}

async function fetchLfs(wanted: boolean, dir: string, git: Git): Promise<readonly string[]> {
  const missing = () => pointersIn(dir, git)
  if (!wanted) return notFetched('LFS files', await missing(), 'GIT_LFS is 0')
  if ((await git.ask('lfs', 'version')) === undefined)
    return notFetched('LFS files', await missing(), 'git-lfs is not installed here')
  try {
    // Without its filter a fetched file would count as changed.
    await git.run('config', 'filter.lfs.clean', 'git-lfs clean -- %f')
    await git.run('config', 'filter.lfs.smudge', 'git-lfs smudge --skip -- %f')
    await git.run('config', 'filter.lfs.process', 'git-lfs filter-process --skip')
    await git.network('lfs', 'pull')
    return notFetched('LFS files', await missing(), 'the server does not have them')
  } catch (error) {
    if (!(error instanceof BootstrapFailure)) throw error
    return notFetched('LFS files', await missing(), error.message)
  }
}

function notFetched(what: string, names: readonly string[], why: string): readonly string[] {
  if (names.length === 0) return []
  const more = names.length > mostNamed ? ', …' : ''
  return [`${what} were not fetched: ${names.slice(0, mostNamed).join(', ')}${more} (${why})`]
}

/** Tracked files that are pointers of Git LFS here. */
async function pointersIn(dir: string, git: Git): Promise<readonly string[]> {
  const listing = await git.ask('ls-files', '-z', '--', ':(attr:filter=lfs)')
  return (listing ?? '').split('\0').filter((name) => name !== '' && isPointer(join(dir, name)))
}

function isPointer(path: string): boolean {
  if (!existsSync(path)) return false
  const file = openSync(path, 'r')
  try {
    const start = Buffer.alloc(pointer.length)
    readSync(file, start, 0, pointer.length, 0)
    return start.toString('latin1') === pointer
  } finally {
    closeSync(file)
  }
}
