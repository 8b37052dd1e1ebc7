import { type Variable, variableTable } from '../../environment/variable-table.ts'
import { groupTitles } from '../../environment/variables.ts'
import { errorCatalogue } from '../../supervisor/errors.ts'
import { stateMeanings } from '../../supervisor/state-meanings.ts'
import { states } from '../../supervisor/status.ts'

/** The variables as Markdown, a heading and a table for each group. */
export function variableTables(): string {
  return Object.entries(groupTitles)
    .map(([group, { title, wrong }]) => {
      const rows = variableTable.filter((variable) => variable.group === group).map(variableRow)
      const warning = wrong === undefined ? '' : `With a wrong value in it, ${wrong}.\n\n`
      return `### ${title}\n\n${warning}${table(['Variable', 'Default', 'What it does'], rows)}`
    })
    .join('\n')
}

/** The states of a service as a Markdown table, in the order of the code. */
export function stateTable(): string {
  return table(
    ['State', 'Meaning'],
    states.map((state) => [`\`${state}\``, stateMeanings[state]]),
  )
}

/** Every error code with what to do about it. */
export function errorTable(): string {
  const rows = Object.entries(errorCatalogue).map(([code, remedy]) => [`\`${code}\``, remedy])
  return table(['Code', 'What to do'], rows)
}

function variableRow({ name, default: byDefault, unset, does, must, secret }: Variable): readonly string[] {
  const otherwise = byDefault === undefined ? (unset ?? '') : `\`${byDefault}\``
  const notes = [
    ...(must === undefined ? [] : [`Must be ${must}.`]),
    ...(secret === undefined ? [] : ['Secret.']),
  ]
  return [`\`${name}\``, otherwise, [does, ...notes].join(' ')]
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`
  return [head, head.map(() => '---'), ...rows].map(line).join('')
}
