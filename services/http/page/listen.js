/**
 * Calls the action that the clicked, submitted or changed element names: views are pure, so one listener serves them all.
 * @param {Readonly<Record<string, (element: HTMLElement) => void>>} actions
 */
export function listen(actions) {
  /** @param {Event} event @param {string} name */
  const act = (event, name) => {
    const element = event.target instanceof Element ? event.target.closest(`[${name}]`) : null
    if (element instanceof HTMLElement) actions[element.getAttribute(name) ?? '']?.(element)
  }
  document.addEventListener('click', (event) => {
    const form = event.target instanceof Element ? event.target.closest('[data-do]') : null
    if (form && !(form instanceof HTMLFormElement)) act(event, 'data-do')
  })
  document.addEventListener('submit', (event) => {
    const form = event.target
    if (!(form instanceof HTMLFormElement) || form.dataset.do === undefined) return
    event.preventDefault()
    act(event, 'data-do')
  })
  document.addEventListener('input', (event) => act(event, 'data-input'))
}
