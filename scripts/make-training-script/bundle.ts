/** A file of a program that is written as several. */
export interface Piece {
  /** As other pieces import it. */
  readonly name: string
  readonly source: string
}

const importStatement =
  /^(?:import (?<plain>.+)|from (?<module>\S+) import (?:\((?<listed>[^)]*)\)|(?<names>.+)))$/gm
const docstring = /^"""([\s\S]*?)"""\n/
const widest = 100

/**
 * One Python program out of its pieces, each after those that it imports. Their imports come first, once each; the pieces
 * import each other by `from name import ...` alone, and no two give the same name to something. Pure.
 */
export function bundle(header: string, pieces: readonly Piece[]): string {
  const bodies = pieces.map(({ source }) => {
    const [, about = ''] = docstring.exec(source) ?? []
    return `${banner(about)}\n\n${source.replace(docstring, '').replaceAll(importStatement, '').trim()}\n`
  })
  return [`${header}\n${imports(pieces).join('\n')}\n`, ...bodies]
    .join('\n\n')
    .replaceAll(/\n{4,}/g, '\n\n\n')
}

function banner(about: string): string {
  return ['-'.repeat(widest - 2), ...about.trim().split('\n')].map((line) => `# ${line}`.trimEnd()).join('\n')
}

/** All that the pieces import from elsewhere, one statement for each module; `__future__` has to be the first. */
function imports(pieces: readonly Piece[]): readonly string[] {
  const plain = new Set<string>()
  const names = new Map<string, Set<string>>()
  for (const { groups = {} } of pieces.flatMap(({ source }) => [...source.matchAll(importStatement)])) {
    if (groups.plain !== undefined) plain.add(groups.plain)
    const listed = (groups.listed ?? groups.names ?? '').split(',').map((name) => name.trim())
    const module = groups.module ?? ''
    names.set(module, new Set([...(names.get(module) ?? []), ...listed.filter((name) => name !== '')]))
  }
  for (const { name } of [{ name: '' }, ...pieces]) names.delete(name)
  const future = [...(names.get('__future__') ?? [])].map((name) => `from __future__ import ${name}\n`)
  names.delete('__future__')
  const from = [...names].toSorted(([left], [right]) => (left < right ? -1 : 1))
  return [
    ...future,
    ...[...plain].toSorted().map((module) => `import ${module}`),
    ...from.map(([module, some]) => fromStatement(module, [...some].toSorted())),
  ]
}

function fromStatement(module: string, names: readonly string[]): string {
  const line = `from ${module} import ${names.join(', ')}`
  if (line.length <= widest) return line
  return `from ${module} import (\n${names.map((name) => `    ${name},\n`).join('')})`
}
