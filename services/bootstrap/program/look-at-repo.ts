import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { RepoOrder } from '../orders.ts'
import type { Git } from './git.ts'

/** Where a clone grows inside REPO_DIR: beside it nobody but root might write, and REPO_DIR may be a mount point. */
export const cloneFolder = '.podmate-clone'

/** What is checked out. */
export interface Checkout {
  /** Absent = a detached commit. */
  readonly branch?: string
  /** Absent = a branch without commits. */
  readonly commit?: string
  /** The address of `origin`. */
  readonly url?: string
  /** Tracked files that differ from the commit. */
  readonly changes: readonly string[]
}

/** The state of REPO_DIR. */
export type RepoLook =
  | { readonly type: 'missing' | 'empty' | 'mounted' }
  /** `complete`: all of the clone is there, only not in its place yet. */
  | { readonly type: 'half-clone'; readonly complete: boolean }
  | ({ readonly type: 'checkout' } & Checkout)
  | { readonly type: 'foreign'; readonly entries: readonly string[] }
  | { readonly type: 'damaged' }

/** Looks at an existing REPO_DIR as its owner. */
export async function lookAtRepo(order: RepoOrder, git: Git): Promise<RepoLook> {
  const { dir, ours, requirementsFile } = order
  const entries = readdirSync(dir).filter((name) => name !== 'lost+found' && !ours.includes(name))
  if (entries.includes('.git')) return lookAtCheckout(git)
  const others = entries.filter((name) => name !== cloneFolder)
  if (entries.includes(cloneFolder)) {
    const complete = existsSync(join(dir, cloneFolder, '.git/podmate.json'))
    if (complete || others.length === 0) return { type: 'half-clone', complete }
  }
  if (others.length === 0) return { type: 'empty' }
  if (existsSync(resolve(dir, requirementsFile))) return { type: 'mounted' }
  return { type: 'foreign', entries: others }
}

async function lookAtCheckout(git: Git): Promise<RepoLook> {
  const status = await git.ask('status', '--porcelain=v2', '--branch', '--untracked-files=no', '-z')
  if (status === undefined) return { type: 'damaged' }
  const url = await git.ask('config', '--get', 'remote.origin.url')
  return { type: 'checkout', ...readStatus(status), ...(url ? { url } : {}) }
}

/** Reads `git status --porcelain=v2 --branch -z`. */
export function readStatus(text: string): Checkout {
  const fields = text.split('\0')
  const header = (name: string) =>
    fields.find((field) => field.startsWith(`# ${name} `))?.slice(name.length + 3)
  const branch = header('branch.head')
  const commit = header('branch.oid')
  return {
    ...(branch && branch !== '(detached)' ? { branch } : {}),
    ...(commit && commit !== '(initial)' ? { commit } : {}),
    changes: fields.filter((field) => /^[12u] /.test(field)).map(pathOf),
  }
}

/** The path stands behind 8 fields of an ordinary entry, 9 of a renamed and 10 of an unmerged one. */
function pathOf(entry: string): string {
  const before = { 1: 8, 2: 9, u: 10 }[entry[0] as '1' | '2' | 'u'] // matched by the filter above
  return entry.split(' ').slice(before).join(' ')
}
