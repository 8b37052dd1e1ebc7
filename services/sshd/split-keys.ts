import { optionForm } from './public-key.ts'

/** A key, wherever it stands; what is in the quotes of an option is passed over. */
const keys = /="(?:\\"|[^"])*"|(?<key>(?:sk-)?(?:ssh|ecdsa)-[\w@.-]*\s+AAAA[A-Za-z\d+/=]*)/g
/** A line end as fields of one line give it. */
const lineEnd = /="(?:\\"|[^"])*"|(?<end>\\+r?\\*n)/g
const optionsAtEnd = new RegExp(`(?<=^|[\\s,;'"])${optionForm}(?:,${optionForm})*\\s+$`, 'i')
/** Options of a form that sshd does not know: the key is refused with them, not let in without. */
const wrongOptionAtEnd = /(?<=^|[\s,;])[^\s,;]*=\S*\s+$/
const before = /^[\s"'“”‘’[,;]+/
const after = /(?:[\s,;]|\\+[rn])+$/
const afterQuotes = /(?:[\s,;"'“”‘’\]]|\\+[rn])+$/

/**
 * The keys of one line of a variable, each with its options and comment: fields of one line take several with `\n`, a
 * comma or a blank between them, and some put quotes around each. A line with one key or none comes back as it is. Pure.
 */
export function splitKeys(row: string): readonly string[] {
  const isComment = row.trimStart().startsWith('#')
  const found = [...row.matchAll(keys)].filter(({ groups }) => groups?.key !== undefined)
  const starts = found.map(({ index }, at) => {
    const last = found[at - 1]
    if (last) return startOf(row, last.index + last[0].length, index)
    return isComment && lineEndsIn(row.slice(0, index)).length > 0 ? startOf(row, 0, index) : 0
  })
  if (starts.length < 2 && (starts[0] ?? 0) === 0) return [cleaned(row, false)]
  return starts.flatMap((start, at) =>
    /#\s*$/.test(row.slice(0, start)) ? [] : [cleaned(row.slice(start, starts[at + 1]), true)],
  )
}

const lineEndsIn = (text: string) =>
  [...text.matchAll(lineEnd)].filter(({ groups }) => groups?.end !== undefined)

/** Where the key at `at` begins with its options, when the one before ends at `from`. */
function startOf(row: string, from: number, at: number): number {
  const between = row.slice(from, at)
  const lastEnd = lineEndsIn(between).at(-1)
  if (lastEnd) return from + lastEnd.index + lastEnd[0].length
  const options = optionsAtEnd.exec(between) ?? wrongOptionAtEnd.exec(between)
  return options ? from + options.index : at
}

function cleaned(text: string, isOneOfSeveral: boolean): string {
  const isQuoted = isOneOfSeveral || /^\s*["'“”‘’[]/.test(text)
  return text.replace(before, '').replace(isQuoted ? afterQuotes : after, '')
}
