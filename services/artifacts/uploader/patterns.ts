/** Whether a relative path is one of those that go up. */
export type PathMatcher = (path: string) => boolean

/** Whether one of the patterns that begin with `!` takes a path out. */
export function patternExcluder(patterns: readonly string[]): PathMatcher {
  return patternMatcher(patterns.filter((text) => text.startsWith('!')).map((text) => text.slice(1)))
}

/**
 * Patterns as Python's fnmatch reads them, for the relative path or the bare name: `*` and `?` cross folders, `[a-z]` and
 * `[!a-z]` are sets, all else is itself. Beyond it, `**` + `/` also stands for no folder, and `!pattern` takes files out.
 */
export function patternMatcher(patterns: readonly string[]): PathMatcher {
  const wanted = patterns.filter((pattern) => !pattern.startsWith('!')).map(expressionOf)
  const unwanted = patterns
    .filter((pattern) => pattern.startsWith('!'))
    .map((text) => expressionOf(text.slice(1)))
  return (path) => {
    const name = path.slice(path.lastIndexOf('/') + 1)
    const hits = (expression: RegExp) => expression.test(path) || expression.test(name)
    return wanted.some(hits) && !unwanted.some(hits)
  }
}

// A folder part, a run of stars, a set or one character.
const parts = /(?<folders>\*\*\/)|(?<stars>\*+)|\[(?<not>!?)(?<set>\]?[^\]]*)\]|(?<one>.)/gsu

function expressionOf(pattern: string): RegExp {
  const source = pattern.normalize('NFC').replaceAll(parts, (...found) => {
    // The named groups are the last argument; those that took no part are undefined.
    const { folders, stars, not, set, one } = found.at(-1) as Record<string, string | undefined>
    if (folders !== undefined) return '(?:.*/)?'
    if (stars !== undefined) return '.*'
    if (set !== undefined) return setOf(set, not === '!')
    return one === '?' ? '.' : escaped(one ?? '')
  })
  return new RegExp(`^${source}$`, 'su')
}

/** A set of characters and ranges; a range that runs backwards holds nothing, as in Python. */
function setOf(set: string, inverted: boolean): string {
  const ranges = set.matchAll(/(?<from>.)-(?<to>.)|(?<one>.)/gsu)
  const inside = [...ranges].map(({ groups = {} }) => {
    const { from, to, one } = groups
    if (one !== undefined) return inSet(one)
    return (from ?? '') <= (to ?? '') ? `${inSet(from ?? '')}-${inSet(to ?? '')}` : ''
  })
  if (inside.every((part) => part === '')) return inverted ? '.' : '(?!)'
  return `[${inverted ? '^' : ''}${inside.join('')}]`
}

const inSet = (one: string) => (/[\\\]^-]/.test(one) ? `\\${one}` : one)
const escaped = (one: string) => one.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&')
