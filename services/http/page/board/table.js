/** @import { InferAnswer, Pod } from '../shapes.d.ts' */
/** @import { Step } from './board-widget.js' */
/** @import { Side } from './game.js' */
import { announce } from '../core/announce.js'
import { ask, Refusal } from '../core/ask.js'
import { partsOf } from '../core/parts-of.js'
import { patch } from '../core/patch.js'
import { serviceOf } from '../details-of.js'
import { boardWidget } from './board-widget.js'
import { candidatesOf, candidatesView } from './candidates-view.js'
import { newGame } from './game.js'
import { generationNews, modelView } from './model-view.js'
import { movesView } from './moves-view.js'

const shownChoices = 6

/** A game against the served model. At most one question to it is under way, and only its own answer counts. */
export class Table {
  #game = newGame('w')
  #part
  #pod
  #board
  /** @type {ReturnType<typeof candidatesOf> | undefined} */
  #choices
  /** The model that answered last. @type {number | undefined} */
  #generation
  #news = ''
  #said = ''
  /** @type {AbortController | undefined} */
  #asking

  /** @param {HTMLElement} card @param {() => Pod} pod */
  constructor(card, pod) {
    this.#part = partsOf(card)
    this.#pod = pod
    this.#board = boardWidget(this.#part('board'), {
      legalMoves: (square) => this.#game.legalMoves(square),
      onMove: (step) => this.#play(step),
      onIllegal: (from, to) =>
        this.#refuse(from === '' ? 'The promotion was taken back.' : notLegal(`${from}–${to}`)),
    })
    this.#show()
  }

  /** @returns {Readonly<Record<string, (element: HTMLElement) => void>>} */
  actions() {
    return {
      'new-game': () => this.#begin(this.#game.human),
      'play-w': () => this.#begin('w'),
      'play-b': () => this.#begin('b'),
      undo: () => this.#undo(),
      hint: () => void this.#hint(),
      'type-move': (form) => {
        const field = /** @type {HTMLInputElement} */ (form.querySelector('input'))
        const move = field.value.trim()
        field.value = ''
        if (move !== '') this.#play(move)
      },
    }
  }

  /** Shows what is known now, besides the pieces. */
  render() {
    const game = this.#game
    const part = this.#part
    this.#news = generationNews(serviceOf(this.#pod(), 'inference'), this.#generation) ?? this.#news
    patch(part('model'), modelView(this.#pod(), this.#generation, this.#news))
    patch(part('said'), this.#asking ? 'The model thinks…' : (game.end() ?? (this.#said || 'Your move.')))
    patch(part('candidates'), candidatesView(this.#choices))
    patch(part('moves'), movesView(game.san()))
    for (const side of ['w', 'b'])
      part(`play-${side}`).setAttribute('aria-pressed', String(game.human === side))
    part('undo').toggleAttribute('disabled', game.san().length < (game.human === 'w' ? 1 : 2))
  }

  #show() {
    const game = this.#game
    const isHumans = game.isHumansTurn() && this.#asking === undefined
    this.#board.show({
      fen: game.fen(),
      words: game.words(),
      bottom: game.human,
      last: game.last(),
      check: game.check(),
      isHumans,
    })
    this.render()
  }

  /** @param {string} text */
  #say(text) {
    this.#said = text
    announce(text)
    this.render()
  }

  /** @param {string} text */
  #refuse(text) {
    this.#say(text)
    setTimeout(() => this.#show()) // when the board has put the piece back
  }

  /** @param {string | Step} move */
  #play(move) {
    if (!this.#game.isHumansTurn() || this.#asking) return
    try {
      this.#game.play(move)
    } catch {
      return this.#refuse(notLegal(typeof move === 'string' ? move : `${move.from}–${move.to}`))
    }
    this.#said = ''
    this.#show()
    const end = this.#game.end()
    if (end === undefined) void this.#answer()
    else this.#say(end)
  }

  /** Lets the model move. */
  async #answer() {
    const game = this.#game
    const answer = await this.#ask(game.human === 'w' ? 'B' : 'W')
    if (!answer) return this.#show()
    this.#choices = candidatesOf(answer, 'The model considered', game.sanOf)
    const san = answer.best_legal === '' ? '' : game.play(answer.best_legal)
    this.#show()
    this.#say(game.end() ?? claimable(answer) ?? `The model played ${san}.`)
  }

  async #hint() {
    if (!this.#game.isHumansTurn() || this.#asking) return
    const answer = await this.#ask(this.#game.human === 'w' ? 'W' : 'B')
    if (answer) this.#choices = candidatesOf(answer, 'The model would play', this.#game.sanOf)
    this.#show()
  }

  /**
   * Asks the model about the position for a game that this side wins; undefined: it cannot answer, or nobody wants it any more.
   * @param {'W' | 'B'} winner
   * @returns {Promise<InferAnswer | undefined>}
   */
  async #ask(winner) {
    const asking = new AbortController()
    this.#asking = asking
    this.#show()
    const body = { context: this.#game.uci(), winner_side: winner, topk: shownChoices }
    /** @type {InferAnswer | Error} */
    const answer = await ask('infer', { method: 'POST', body, signal: asking.signal }).catch((error) => error)
    if (this.#asking !== asking) return undefined
    this.#asking = undefined
    if (!(answer instanceof Error)) return this.#learn(answer)
    this.#say(
      answer instanceof Refusal
        ? `The model cannot answer: ${answer.message}. Undo, and try again.`
        : answer.message,
    )
    return undefined
  }

  /** @param {InferAnswer} answer */
  #learn(answer) {
    const before = this.#generation
    if (before !== undefined && answer.generation !== before)
      this.#news = `Generation ${answer.generation} answers now; it was ${before}.`
    this.#generation = answer.generation
    return answer
  }

  #askNothing() {
    this.#asking?.abort()
    this.#asking = undefined
    this.#choices = undefined
    this.#said = ''
  }

  /** @param {Side} human */
  #begin(human) {
    this.#askNothing()
    this.#game = newGame(human)
    this.#news = ''
    this.#show()
    if (human === 'b') void this.#answer()
  }

  #undo() {
    this.#askNothing()
    this.#game.undo()
    this.#show()
    if (!this.#game.isHumansTurn() && this.#game.end() === undefined) void this.#answer()
  }
}

/** @param {string} move */
function notLegal(move) {
  return `${move} is not a legal move.`
}

/** @param {InferAnswer} answer */
function claimable({ game_over: over }) {
  if (over === 'threefold_repetition') return 'This position came three times: a draw can be claimed.'
  return over === 'fifty_moves'
    ? 'Fifty moves without a capture or pawn move: a draw can be claimed.'
    : undefined
}
