/** The token of an Authorization header; undefined when there is none. Pure. */
export function bearer(header: string | undefined): string | undefined {
  return /^bearer +(\S+) *$/i.exec(header ?? '')?.[1]
}
