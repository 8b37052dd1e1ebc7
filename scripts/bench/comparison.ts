/** What was measured of two ways to do the same, side by side in one run. */
export interface Comparison {
  readonly what: string
  readonly ours: string
  readonly reference: string
  /** How many times faster ours is (below 1: slower). */
  readonly ratio: number
}

/** The comparisons as a table for people. */
export function table(comparisons: readonly Comparison[]): string {
  const head = ['what', 'ours', 'reference', 'times as fast']
  const rows = comparisons.map(({ what, ours, reference, ratio }) => [
    what,
    ours,
    reference,
    `${ratio.toFixed(2)}x`,
  ])
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
