import { instanceId } from './instance.ts'
import {
  descendants,
  hasInEnvironment,
  listProcesses,
  type ProcessEntry,
  readProcess,
} from './process-table.ts'
import { pause } from './time.ts'

/** What belongs to one run of a service: its group, what came from it, and what carries its mark. */
export interface ProcessTree {
  /** The group that `spawn(…, { detached: true })` made: the pid of its leader. */
  readonly group: number | undefined
  /** NAME=value that every process of the service inherits: finds those that left the group. */
  readonly mark: string
  /** Stopped by its group only, so that what it handed over (open SSH sessions) lives on. */
  readonly groupOnly?: boolean
  /** Processes that belong to it although nothing shows it any more, as they were when they were recorded. */
  readonly recorded?: readonly ProcessEntry[]
}

const pollMs = 20

/** The environment variable that marks all processes of a service, unique to this podmate. */
export function markOf(service: string): { readonly PODMATE_MARK: string } {
  return { PODMATE_MARK: `${service}@${instanceId()}` }
}

/** Living processes of the tree, zombies not counted. */
export function treeMembers(tree: ProcessTree): readonly number[] {
  const table = listProcesses()
  if (table.length === 0) return tree.group !== undefined && signalGroup(tree.group, 0) ? [tree.group] : []
  const own = new Set(groupMembers(tree, table))
  if (!tree.groupOnly) {
    for (const entry of table) if (isMarked(entry, tree.mark)) own.add(entry.pid)
    for (const pid of [...own]) for (const child of descendants(pid, table)) own.add(child.pid)
  }
  for (const entry of tree.recorded ?? []) if (table.some((now) => isSame(now, entry))) own.add(entry.pid)
  own.delete(process.pid)
  return [...own]
}

/** The tree together with what it handed over: with all that comes from it now, and from `roots`. */
export function withHandedOver(tree: ProcessTree, roots: readonly number[]): ProcessTree {
  const table = listProcesses()
  // Everything comes from 0 and 1, and all that is ours from us: none of them was handed over.
  const handedOver = roots.filter((pid) => pid > 1 && pid !== process.pid)
  const starts = [...handedOver, ...(tree.group === undefined ? [] : [tree.group])]
  const recorded = starts.flatMap((pid) => [
    ...table.filter((entry) => entry.pid === pid),
    ...descendants(pid, table),
  ])
  return { ...tree, groupOnly: false, recorded }
}

/** The start tells a process from a later one with the same pid. */
function isSame(one: ProcessEntry, other: ProcessEntry): boolean {
  return one.pid === other.pid && one.startTicks === other.startTicks
}

function groupMembers(tree: ProcessTree, table: readonly ProcessEntry[]): number[] {
  return table.filter((entry) => entry.group === tree.group).map((entry) => entry.pid)
}

function isMarked(entry: ProcessEntry, mark: string): boolean {
  return entry.pid !== process.pid && hasInEnvironment(entry.pid, (assignment) => assignment === mark)
}

/** Sends a signal to every member; those that are gone meanwhile do not matter. */
export function signalTree(tree: ProcessTree, signal: NodeJS.Signals): void {
  if (tree.group !== undefined) signalGroup(tree.group, signal)
  for (const pid of treeMembers(tree)) if (readProcess(pid)?.group !== tree.group) signalOne(pid, signal)
}

/**
 * TERM, then KILL when `kill` aborts or after `graceMs`. Resolves with the pids that are still there `lastWaitMs`
 * after the KILL: none, unless one hangs in the kernel.
 */
export async function endTree(
  tree: ProcessTree,
  graceMs: number,
  lastWaitMs: number,
  kill: AbortSignal,
): Promise<readonly number[]> {
  if (treeMembers(tree).length === 0) return []
  signalTree(tree, 'SIGTERM')
  signalTree(tree, 'SIGCONT') // a stopped process could not even take the TERM
  if (await gone(tree, graceMs, kill)) return []
  const endMs = performance.now() + lastWaitMs
  while (performance.now() < endMs) {
    // Sent again each time: a member may have forked just before the last KILL.
    signalTree(tree, 'SIGKILL')
    if (await gone(tree, pollMs * 5)) return []
  }
  return treeMembers(tree)
}

/** Settles when no process of the tree is left, or when `signal` aborts. */
export async function treeGone(tree: ProcessTree, signal: AbortSignal): Promise<void> {
  await gone(tree, Number.POSITIVE_INFINITY, signal)
}

async function gone(tree: ProcessTree, withinMs: number, signal?: AbortSignal): Promise<boolean> {
  const endMs = performance.now() + withinMs
  // Each look reads the whole process table: the longer it takes, the more seldom.
  for (let pauseMs = pollMs; treeMembers(tree).length > 0; pauseMs = Math.min(pauseMs * 1.2, pollMs * 5)) {
    if (performance.now() >= endMs || signal?.aborted) return false
    await pause(pauseMs, signal)
  }
  return true
}

function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  return signalOne(-group, signal)
}

function signalOne(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false // ESRCH: gone already, which is what was wanted
  }
}
