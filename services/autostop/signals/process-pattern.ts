import { basename } from 'node:path'

/** A program as the user names it: `rsync`, `prepare_data.py`, `python* train.py`. */
export interface Pattern {
  readonly text: string
  /** Takes the words of a command line. */
  matches(words: readonly string[]): boolean
}

/** Programs that run another one, which a later word names. */
const interpreters =
  /^-?(python[\d.]*|pypy[\d.]*|node|bun|deno|ruby|perl|R|Rscript|julia|java|sh|bash|dash|zsh|fish)$/

/**
 * Matches whole words, a path also by its last part, `*` for anything. The program itself has to match, or, of an
 * interpreter, any word: so `train.py` is `python -u /workspace/train.py --lr 1`, and neither `tail -f train.py.log` nor
 * `vim train.py`. Several words have to come in this order.
 */
export function parsePattern(text: string): Pattern {
  const tests = text
    .trim()
    .split(/\s+/)
    .map((word) => new RegExp(`^${word.split('*').map(escaped).join('.*')}$`, 's'))
  const isWord = (index: number, word: string) =>
    [word, basename(word)].some((form) => tests[index]?.test(form))
  return {
    text,
    matches(words) {
      const [program = ''] = words
      if (!interpreters.test(basename(program)) && !isWord(0, program)) return false
      const found = words.reduce((next, word) => (isWord(next, word) ? next + 1 : next), 0)
      return found === tests.length
    },
  }
}

const escaped = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
