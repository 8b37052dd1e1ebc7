/** Replaces what stands between `<!-- generated:NAME -->` and `<!-- /generated:NAME -->`; a missing marker is an error. */
export function withGenerated(text: string, sections: Readonly<Record<string, string>>): string {
  return Object.entries(sections).reduce((rest, [name, body]) => {
    const [opening, closing] = [`<!-- generated:${name} -->`, `<!-- /generated:${name} -->`]
    const [from, to] = [rest.indexOf(opening), rest.indexOf(closing)]
    if (from === -1 || to < from) throw new Error(`the markers ${opening} and ${closing} are missing`)
    return `${rest.slice(0, from)}${opening}\n\n${body}\n${rest.slice(to)}`
  }, text)
}
