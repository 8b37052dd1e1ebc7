/** A file of a program that is written as several. */
export interface Piece {
  /** As other pieces import it. */
  readonly name: string
  readonly source: string
}

const importLine = /^(?:import|from) .*$/gm
const docstring = /^"""([\s\S]*?)"""\n/

/**
 * One Python program out of its pieces, each after those that it imports. Their imports come first, once each; the pieces
 * import each other by `from name import ...` alone, and no two give the same name to something. Pure.
 */
export function bundle(header: string, pieces: readonly Piece[]): string {
  const own = pieces.map(({ name }) => `from ${name} import `)
  const imports = new Set(pieces.flatMap(({ source }) => source.match(importLine) ?? []))
  const kept = [...imports].filter((line) => !own.some((start) => line.startsWith(start))).toSorted(byKind)
  const bodies = pieces.map(({ source }) => {
    const [, about = ''] = docstring.exec(source) ?? []
    return `${banner(about)}\n\n${source.replace(docstring, '').replaceAll(importLine, '').trim()}\n`
  })
  return [`${header}\n${kept.join('\n')}\n`, ...bodies].join('\n\n').replaceAll(/\n{4,}/g, '\n\n\n')
}

function banner(about: string): string {
  return ['-'.repeat(100), ...about.trim().split('\n')].map((line) => `# ${line}`.trimEnd()).join('\n')
}

/** `__future__` has to be the first. */
function byKind(left: string, right: string): number {
  const rank = (line: string) => (line.includes('__future__') ? 0 : line.startsWith('import ') ? 1 : 2)
  return rank(left) - rank(right) || (left < right ? -1 : 1)
}
