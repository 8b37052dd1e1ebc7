const palette = ['--run-1', '--run-2', '--run-3', '--run-4', '--run-5', '--run-6']

/** The colours of charts as the style sheet has them now: a canvas cannot read it by itself. They are `#rrggbb`. */
export function inks() {
  const isDark = matchMedia('(prefers-color-scheme: dark)').matches
  const style = getComputedStyle(document.documentElement)
  const ink = (/** @type {string} */ name) =>
    style.getPropertyValue(`${name}-${isDark ? 'dark' : 'light'}`).trim()
  return { text: ink('--chart-text'), line: ink('--chart-line'), palette: palette.map(ink) }
}
