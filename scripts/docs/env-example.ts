import { type Variable, variableTable } from '../../environment/variable-table.ts'
import { groupTitles } from '../../environment/variables.ts'

const head = `# Every variable that podmate reads, with its default. All are optional: set those that you need.
# An empty value counts as unset. Printed from environment/variables.ts by \`npm run docs\`.
`

/** A valid env file in which every variable is commented out, with its default and what it does. */
export function envExample(): string {
  const sections = Object.entries(groupTitles).map(([group, { title, wrong }]) => {
    const variables = variableTable.filter((variable) => variable.group === group)
    const warning = wrong === undefined ? '' : `# With a wrong value in it, ${wrong}.\n`
    return [`\n# == ${title}\n${warning}`, ...variables.map(entry)].join('\n')
  })
  return [head, ...sections].join('')
}

function entry({ name, does, must, default: byDefault, unset, secret }: Variable): string {
  const about = [
    does,
    ...(must === undefined ? [] : [`Must be ${must}.`]),
    ...(unset === undefined ? [] : [`Unset: ${unset}.`]),
    ...(secret === undefined ? [] : ['Secret: never logged, withheld from programs.']),
  ]
  return `${about.map((sentence) => `# ${sentence}\n`).join('')}# ${name}=${byDefault ?? ''}\n`
}
