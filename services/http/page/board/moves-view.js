import { h } from '../core/h.js'

/** The game so far, a line for each pair of moves. @param {readonly string[]} moves */
export function movesView(moves) {
  if (moves.length === 0) return h('p', { class: 'empty' }, 'The game has not begun.')
  const pairs = Array.from({ length: Math.ceil(moves.length / 2) }, (_, place) =>
    moves.slice(2 * place, 2 * place + 2),
  )
  return h(
    'ol',
    { class: 'moves' },
    pairs.map((pair, place) =>
      h(
        'li',
        { key: place },
        h('span', null, `${place + 1}.`),
        pair.map((san) => h('b', null, san)),
      ),
    ),
  )
}
