import { z } from 'zod'
import { type About, about } from './fields.ts'
import { type GroupName, groups } from './variables.ts'

export interface Variable extends About {
  readonly name: string
  readonly group: GroupName
}

/** Every variable of the schema in the order of the schema, with what is told about it. */
export const variableTable: readonly Variable[] = Object.entries(groups).flatMap(([group, schema]) => {
  const object = schema instanceof z.ZodPipe ? schema.in : schema
  return Object.entries(object.shape).map(([name, field]) => {
    const told = about.get(field)
    if (told === undefined) throw new Error(`${name} has no description: build it with environment/fields.ts`)
    // `Object.entries` forgets that its keys are those of `groups`.
    return { name, group: group as GroupName, ...told }
  })
})

const byName = new Map(variableTable.map((variable) => [variable.name, variable]))

/** The variable of that name, if podmate reads it. */
export const variableNamed = (name: string): Variable | undefined => byName.get(name)
