import type { Command } from './command.ts'
import type { Go } from './go.ts'
import { debugLine, modelLine } from './model-line.ts'
import { defaults, meaningless, optionLines, withOption } from './options.ts'
import { type PodmatePlace, podmate } from './podmate.ts'
import { startPosition } from './position.ts'
import { randomSource } from './random-source.ts'
import type { Answer } from './read-answer.ts'
import { whenReady } from './ready.ts'
import { type Search, startSearch } from './search.ts'

export interface EngineOptions {
  /** Used while the options URL and Token are empty. */
  readonly place: PodmatePlace
  readonly env: NodeJS.ProcessEnv
  readonly version: string
  readonly say: (line: string) => void
}

/** A UCI engine without its streams: it answers by `say`, and connects to nothing before it has to. */
export class Engine {
  readonly #options: EngineOptions
  readonly #say: (line: string) => void
  readonly #pending = new Set<Promise<void>>()
  /** Answers to `isready` that are under way. */
  readonly #readies = new Set<Promise<void>>()
  readonly #quit = new AbortController()
  readonly #ignored = new Set<string>()
  #settings = defaults
  #position = startPosition
  #random = randomSource(defaults.seed)
  #podmate
  #search: Search | undefined
  #model = ''
  #debug = false

  constructor(options: EngineOptions) {
    this.#options = options
    this.#say = options.say
    this.#podmate = podmate(options.place, options.env)
  }

  /** Obeys; false for `quit`. */
  take(command: Command): boolean {
    switch (command.type) {
      case 'uci':
        this.#introduce()
        break
      case 'isready':
        this.#isReady()
        break
      case 'ucinewgame':
        this.#position = startPosition
        break
      case 'position':
        this.#position = command.position
        break
      case 'setoption':
        this.#set(command.name, command.value)
        break
      case 'debug':
        this.#debug = command.on
        break
      case 'go':
        this.#go(command.go)
        break
      case 'stop':
        this.#search?.stop()
        break
      case 'ponderhit':
        this.#search?.ponderhit()
        break
      case 'register':
        break
      case 'quit':
        return false
    }
    return true
  }

  /** Answers soon what is still to be answered. */
  async finish(): Promise<void> {
    this.#search?.stop()
    await Promise.all(this.#pending)
  }

  /** Ends what is under way; only `isready` still gets its word. */
  async quit(): Promise<void> {
    this.#quit.abort()
    this.#podmate.close()
    await Promise.all(this.#readies)
  }

  #isReady(): void {
    const ready = whenReady(this.#podmate, this.#search?.isRunning() ?? false, this.#say, this.#quit.signal)
    this.#readies.add(ready)
    void ready.then(() => this.#readies.delete(ready))
    this.#keep(ready)
  }

  #introduce(): void {
    const identity = [`id name podmate ${this.#options.version}`, 'id author the podmate authors']
    for (const line of [...identity, ...optionLines(), 'uciok']) this.#say(line)
  }

  #set(name: string, value: string): void {
    const without = meaningless(name)
    if (without !== undefined) {
      if (!this.#ignored.has(without))
        this.#say(`info string ${without} is taken and changes nothing: podmate plays by its model`)
      this.#ignored.add(without)
      return
    }
    const changed = withOption(this.#settings, name, value)
    if (typeof changed === 'string') {
      this.#say(`info string ${changed}`)
      return
    }
    const { url, token, seed } = changed
    if (seed !== this.#settings.seed) this.#random = randomSource(seed)
    if (url !== this.#settings.url || token !== this.#settings.token) {
      const { place, env } = this.#options
      this.#podmate.close()
      this.#podmate = podmate({ url: url || place.url, token: token || place.token }, env)
    }
    this.#settings = changed
  }

  #go(go: Go): void {
    const before = this.#search
    // A `go` while another runs is a mistake of the GUI; each of them gets its bestmove.
    before?.stop()
    this.#search = startSearch(this.#position, go, {
      podmate: this.#podmate,
      settings: this.#settings,
      random: this.#random,
      say: this.#say,
      onAnswer: (answer, tookMs) => this.#describe(answer, tookMs),
      quit: this.#quit.signal,
      after: before?.done,
    })
    this.#keep(this.#search.done)
  }

  /** Says who plays whenever that has changed: a newer model may have come in the middle of a game. */
  #describe(answer: Answer, tookMs: number): void {
    const model = modelLine(answer)
    if (model !== this.#model) this.#say(`info string ${model}`)
    this.#model = model
    if (this.#debug) this.#say(`info string ${debugLine(answer, tookMs)}`)
  }

  #keep(work: Promise<void>): void {
    this.#pending.add(work)
    void work.then(() => this.#pending.delete(work))
  }
}
