import { runpodProblem } from './problem-texts.ts'

/** A GraphQL text with the variables that it declares. */
export interface GraphqlText {
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>>
}

const mutations = {
  stop: { name: 'podStop', input: 'PodStopInput', returns: ' { id desiredStatus }' },
  terminate: { name: 'podTerminate', input: 'PodTerminateInput', returns: '' },
} as const

/** The input as a variable, as RunPod's own schema has it. Pure. */
export function inputForm(verb: 'stop' | 'terminate', podId: string): GraphqlText {
  const { name, input, returns } = mutations[verb]
  const query = `mutation ($input: ${input}!) { ${name}(input: $input)${returns} }`
  return { query, variables: { input: { podId } } }
}

/** The input in the text: right even if the name of the input's type is another one. Pure. */
export function inlineForm(verb: 'stop' | 'terminate', podId: string): GraphqlText {
  const { name, returns } = mutations[verb]
  return { query: `mutation { ${name}(input: { podId: "${podId}" })${returns} }` }
}

/**
 * RUNPOD_STOP_MUTATION for one pod. A text that declares `$podId` (`mutation ($podId: String!) { … }`) or `$input` gets
 * it as a variable and is sent as it is; in any other, each `{podId}`, with or without quotes around it, becomes the id
 * in quotes. Throws for one that names the pod in none of these ways: it would stop nothing, or another pod. Pure.
 */
export function customStop(text: string, podId: string): GraphqlText {
  const declares = (name: string) => new RegExp(`\\(([^)]*)\\$${name}\\s*:`).test(text)
  if (declares('podId')) return { query: text, variables: { podId } }
  if (declares('input')) return { query: text, variables: { input: { podId } } }
  const query = text.replace(/"\{podId\}"|\{podId\}/g, `"${podId}"`)
  if (query === text && !text.includes(`"${podId}"`)) {
    throw runpodProblem('mutation', 'RUNPOD_STOP_MUTATION holds neither {podId} nor a variable $podId')
  }
  return { query }
}
