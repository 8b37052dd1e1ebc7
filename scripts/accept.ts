import { issueA } from './accept/a.ts'
import { issueB } from './accept/b.ts'
import { issueC } from './accept/c.ts'
import { issueD } from './accept/d.ts'
import { issueE } from './accept/e.ts'
import { issueF } from './accept/f.ts'
import { issueG } from './accept/g.ts'
import { checkLine, type Line } from './accept/line.ts'

const lists: Readonly<Record<string, readonly Line[]>> = {
  A: issueA,
  B: issueB,
  C: issueC,
  D: issueD,
  E: issueE,
  F: issueF,
  G: issueG,
}
const usage =
  'usage: npm run accept -- A|B|C|D|E|F|G [NUMBER ...]: the acceptance list of an issue, or only those of its lines'

/** Runs the lines one after the other and prints each when it is done; true when all hold. */
async function accept(lines: readonly Line[], chosen: readonly number[]): Promise<boolean> {
  let allHold = true
  for (const [index, line] of lines.entries()) {
    const number = index + 1
    if (chosen.length > 0 && !chosen.includes(number)) continue
    const { text, holds } = await checkLine(line, number)
    console.log(text)
    allHold &&= holds
  }
  return allHold
}

const [name = '', ...words] = process.argv.slice(2)
const lines = lists[name.toUpperCase()]
const numbers = words.map(Number)
if (!lines || !numbers.every((number) => lines[number - 1])) {
  console.error(usage)
  process.exitCode = 64
} else {
  process.exitCode = (await accept(lines, numbers)) ? 0 : 1
}
