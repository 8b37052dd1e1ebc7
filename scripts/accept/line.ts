/** One thing that was found out: a figure in words, and whether it is as it has to be. */
export interface Finding {
  readonly fact: string
  readonly holds: boolean
}

/** One line of an acceptance list. */
export interface Line {
  readonly title: string
  /** Rejects when something could not even be tried. */
  check(): Promise<readonly Finding[]>
}

/** Runs a line and tells it in one line of figures; an error is a finding that does not hold. */
export async function checkLine(line: Line, number: number): Promise<{ text: string; holds: boolean }> {
  const findings = await line.check().catch((error: unknown) => [{ fact: messageOf(error), holds: false }])
  const holds = findings.every((finding) => finding.holds)
  const facts = findings.map((finding) =>
    finding.holds ? finding.fact : `${finding.fact} (NOT as it has to be)`,
  )
  return { text: `${holds ? 'ok' : 'FAILED'} ${number} ${line.title}: ${facts.join('; ')}`, holds }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
