import { announce } from './core/announce.js'
import { ask, Refusal } from './core/ask.js'
import { copy } from './core/copy.js'

/** @param {string | undefined} verb AUTOSTOP_VERB */
function stopQuestion(verb) {
  const end =
    verb === 'terminate'
      ? 'RunPod deletes the pod, with its volume disk (AUTOSTOP_VERB is terminate)'
      : 'RunPod stops the pod'
  return `Stop the pod? The trainer ends with a checkpoint, what is new is uploaded, and then ${end}.`
}

/** What buttons do to the pod. @param {{ refresh(): void }} live @returns {Readonly<Record<string, (element: HTMLElement) => void>>} */
export function podActions({ refresh }) {
  const change = async (
    /** @type {string} */ path,
    /** @type {unknown} */ body,
    /** @type {string} */ done,
  ) => {
    try {
      await ask(path, { method: 'POST', body, timeoutMs: 40_000 })
      tell(done)
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) askForToken()
      else tell(error instanceof Error ? error.message : String(error), true)
    }
    refresh()
  }
  return {
    hold(form) {
      const fields = new FormData(/** @type {HTMLFormElement} */ (form))
      const hours = Number(fields.get('hours'))
      const why = String(fields.get('why') ?? '').trim()
      void change(
        'autostop/hold',
        { seconds: hours * 3600, ...(why === '' ? {} : { why }) },
        `Held for ${hours} h.`,
      )
    },
    'stop-pod': ({ dataset: { verb } }) => {
      if (confirm(stopQuestion(verb)))
        void change('autostop/stop', {}, 'A stop was asked for. Keep it running calls it off.')
    },
    release: () => void change('autostop/release', {}, 'Released.'),
    restart: ({ dataset: { name = '' } }) =>
      void change(`services/${encodeURIComponent(name)}/restart`, {}, `${name} was restarted.`),
    copy: (button) => void copy(button),
    'close-toast': () => tell(''),
  }
}

const shownMs = 6000
const problemShownMs = 20_000
/** @type {ReturnType<typeof setTimeout> | undefined} */
let hiding

/** @param {string} text @param {boolean} [isProblem] */
function tell(text, isProblem = false) {
  const toast = document.getElementById('toast')
  if (!toast) return
  toast.hidden = text === ''
  toast.classList.toggle('is-problem', isProblem)
  const [words] = toast.children
  if (words) words.textContent = text
  announce(text, isProblem)
  clearTimeout(hiding)
  if (text !== '') hiding = setTimeout(() => tell(''), isProblem ? problemShownMs : shownMs)
}

/** Changes need the token even where looking does not. */
function askForToken() {
  const dialog = document.getElementById('token')
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal()
}
