/** Tokens of a model: UCI moves and specials such as `<UNK>`, each with its id. */
export interface Vocabulary {
  readonly size: number
  /** Stands for every move that the model does not know. */
  readonly unknownId: number
  idOf(token: string): number | undefined
  tokenOf(id: number): string
}

/** A vocabulary from its tokens in the order of their ids. */
export function vocabularyOf(tokens: readonly string[], unknownId: number): Vocabulary {
  const ids = new Map(tokens.map((token, id) => [token, id]))
  return {
    size: tokens.length,
    unknownId,
    idOf: (token) => ids.get(token),
    tokenOf: (id) => tokens[id] ?? '',
  }
}
