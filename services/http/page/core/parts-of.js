/**
 * Finds the parts of a card by the name that its HTML gives them.
 * @param {HTMLElement} card
 * @returns {(name: string) => HTMLElement}
 */
export function partsOf(card) {
  return (name) => {
    const part = card.querySelector(`[data-part=${name}]`)
    if (!(part instanceof HTMLElement)) throw new Error(`index.html has no ${name} in #${card.id}`)
    return part
  }
}
