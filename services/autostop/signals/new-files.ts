import type { UploadsState } from './ports.ts'

/** Tells at each look whether a file in an artifact folder is new or has changed since the look before. */
export function newFiles(state: () => UploadsState): () => string | undefined {
  let known: ReadonlySet<string> | undefined
  let committed = 0
  return () => {
    const { report } = state()
    if (!report || report.activity === 'starting') return undefined
    const paths = report.next.map(({ path }) => path)
    const { filesCommitted } = report.totals
    const first = known === undefined
    const added = paths.find((path) => !known?.has(path))
    // Between two looks a file may have come and have gone up.
    const wentUp = filesCommitted > committed
    known = new Set(paths)
    committed = filesCommitted
    if (first) return undefined
    return added ?? (wentUp ? 'a file that is uploaded by now' : undefined)
  }
}
