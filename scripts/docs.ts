import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { docFiles } from './docs/doc-files.ts'

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } })
const root = new URL('../', import.meta.url)

const stale = docFiles((name) => readFileSync(new URL(name, root), 'utf8')).filter(
  ({ now, wanted }) => now !== wanted,
)
for (const { name, wanted } of stale) {
  if (values.check) console.error(`${name} is stale: run \`npm run docs\` and commit it`)
  else writeFileSync(new URL(name, root), wanted)
}
if (!values.check) console.log(stale.map(({ name }) => `${name} written`).join('\n') || 'nothing to write')
process.exitCode = values.check && stale.length > 0 ? 1 : 0
