import type { AutostopVerb } from '../watch/autostop-state.ts'
import type { ArtifactFolder, KeptHere, Left } from './stop-tools.ts'

export interface SaveFacts {
  readonly verb: AutostopVerb
  readonly terminateUnsynced: boolean
  /** What the last flush left; undefined: nothing is uploaded here, so nothing is known to be safe. */
  readonly saved: Left | undefined
  readonly keptHere: KeptHere
  /** Undefined: a disk did not answer. Then it is a volume: the disk of a container does not hang. */
  readonly folders: readonly ArtifactFolder[] | undefined
  /** How much longer unsafe files may hold the stop back. */
  readonly patienceMs: number
}

/** Whether the pod may be stopped now, and with which verb; `warning`: what will be lost, or why the verb is another. */
export type SaveVerdict =
  | { readonly kind: 'go'; readonly verb: AutostopVerb; readonly warning: string | undefined }
  | { readonly kind: 'flush-again'; readonly text: string }

/** The manifest check before a stop: what is not uploaded, and whether the stop would delete it. Pure. */
export function judgeSave(facts: SaveFacts): SaveVerdict {
  const { verb, terminateUnsynced, patienceMs } = facts
  const unsynced = unsyncedText(facts)
  if (unsynced === undefined) return { kind: 'go', verb, warning: undefined }
  if (verb === 'terminate' && terminateUnsynced) {
    return {
      kind: 'go',
      verb,
      warning: `AUTOSTOP_TERMINATE_UNSYNCED is set, so this is deleted: ${unsynced}`,
    }
  }
  const doomed = (facts.folders ?? []).filter(({ place, hasFiles }) => place === 'container' && hasFiles)
  const demoted =
    verb === 'terminate'
      ? `The pod is stopped, not terminated, because that would delete files: ${unsynced}`
      : undefined
  if (doomed.length === 0 || !waitingHelps(facts)) {
    const lost = doomed.length === 0 ? undefined : lossText(doomed, unsynced)
    return { kind: 'go', verb: 'stop', warning: [demoted, lost].filter(Boolean).join(' ') || undefined }
  }
  if (patienceMs <= 0) return { kind: 'go', verb: 'stop', warning: lossText(doomed, unsynced) }
  return {
    kind: 'flush-again',
    text: `A stop would delete files in ${pathsOf(doomed)}, which is on no volume: ${unsynced}`,
  }
}

/** What is not on the Hub, in words; undefined: everything is. */
function unsyncedText({ verb, saved, keptHere, folders }: SaveFacts): string | undefined {
  if (saved === undefined) {
    const filled = folders?.filter(({ hasFiles }) => hasFiles)
    if (filled?.length === 0) return undefined
    return `nothing uploads the files in ${filled ? pathsOf(filled) : 'ARTIFACT_DIRS'}`
  }
  const { left, leftFiles, reason } = saved
  if (leftFiles > 0)
    return `${files(leftFiles)} not uploaded (${namesOf(left)})${reason ? `: ${reason}` : ''}`
  return keptText(keptHere, verb)
}

/** Files that are never taken hold nothing up, but a volume that has them is not deleted, and their loss is told. */
function keptText(kept: KeptHere, verb: AutostopVerb): string | undefined {
  const { refusedFiles, unmatchedFiles, unmatched, unreadable } = kept
  // They are on the Hub themselves: a stop loses no more of them.
  const halves = verb === 'terminate' ? kept.partsMissing : []
  const refused = refusedFiles > 0 ? `${files(refusedFiles)} that uploads refuse` : undefined
  const left =
    unmatchedFiles > 0
      ? `${files(unmatchedFiles)} that no pattern of HF_SYNC_PATTERNS names (${namesOf(unmatched)}): add a pattern, or set AUTOSTOP_TERMINATE_UNSYNCED=1`
      : undefined
  return (
    [refused, left, reasonsOf('without a part', halves), reasonsOf('unreadable', unreadable)]
      .filter(Boolean)
      .join(' and ') || undefined
  )
}

function reasonsOf(what: string, some: KeptHere['unreadable']): string | undefined {
  if (some.length === 0) return undefined
  return `${files(some.length)} ${what} (${namesOf(some.map(({ path, reason }) => `${path}: ${reason}`))})`
}

/** What is never taken stays so. */
function waitingHelps({ saved }: SaveFacts): boolean {
  return saved === undefined || saved.leftFiles > 0
}

function lossText(doomed: readonly ArtifactFolder[], unsynced: string): string {
  return `The stop deletes files in ${pathsOf(doomed)}, which is on no volume: ${unsynced}`
}

const pathsOf = (folders: readonly ArtifactFolder[]) => folders.map(({ path }) => path).join(', ')
const files = (count: number) => `${count} ${count === 1 ? 'file' : 'files'}`
const namesOf = (names: readonly string[]) =>
  `${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}`
