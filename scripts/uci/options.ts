/** What the GUI can set. */
export interface Settings {
  readonly url: string
  readonly token: string
  readonly winnerSide: string
  /** Percent; 0 plays the best move. */
  readonly temperature: number
  /** 0: all legal moves. */
  readonly topK: number
  readonly multiPv: number
  /** 0: other games every time. */
  readonly seed: number
  readonly moveOverheadMs: number
  readonly showWdl: boolean
}

/** More moves than any position has. */
export const mostMoves = 256

type Kind =
  | { readonly type: 'string' }
  | { readonly type: 'check' }
  | { readonly type: 'spin'; readonly min: number; readonly max: number }
  | { readonly type: 'combo'; readonly values: readonly string[] }
type UciOption = { readonly name: string; readonly key: keyof Settings } & Kind

const options: readonly UciOption[] = [
  { name: 'URL', key: 'url', type: 'string' },
  { name: 'Token', key: 'token', type: 'string' },
  {
    name: 'WinnerSide',
    key: 'winnerSide',
    type: 'combo',
    values: ['auto', 'white', 'black', 'draw', 'unknown'],
  },
  { name: 'Temperature', key: 'temperature', type: 'spin', min: 0, max: 1000 },
  { name: 'TopK', key: 'topK', type: 'spin', min: 0, max: mostMoves },
  { name: 'MultiPV', key: 'multiPv', type: 'spin', min: 1, max: mostMoves },
  { name: 'Seed', key: 'seed', type: 'spin', min: 0, max: 2 ** 31 - 1 },
  { name: 'Move Overhead', key: 'moveOverheadMs', type: 'spin', min: 0, max: 60_000 },
  { name: 'UCI_ShowWDL', key: 'showWdl', type: 'check' },
]

/**
 * What every GUI and lichess-bot's usual configuration sets: python-chess refuses an engine that does not offer them. They change nothing
 * here.
 */
const meaninglessLines: Readonly<Record<string, string>> = {
  Threads: 'type spin default 1 min 1 max 1024',
  Hash: 'type spin default 16 min 1 max 1048576',
  SyzygyPath: 'type string default <empty>',
  Ponder: 'type check default false',
  UCI_AnalyseMode: 'type check default false',
  UCI_Opponent: 'type string default <empty>',
}
/** Set by some although they were not offered. */
const unasked = ['UCI_Chess960', 'UCI_Variant', 'Clear Hash']

/** The name of an option that is taken and changes nothing; undefined for any other. */
export function meaningless(name: string): string | undefined {
  return [...Object.keys(meaninglessLines), ...unasked].find((known) => plain(known) === plain(name))
}

export const defaults: Settings = {
  url: '',
  token: '',
  winnerSide: 'auto',
  temperature: 0,
  topK: 0,
  multiPv: 1,
  seed: 0,
  moveOverheadMs: 100,
  showWdl: false,
}

/** The `option` lines that answer `uci`. */
export function optionLines(): readonly string[] {
  const ours = options.map(
    (option) =>
      `option name ${option.name} type ${option.type} default ${String(defaults[option.key]) || '<empty>'}${rangeOf(option)}`,
  )
  return [...ours, ...Object.entries(meaninglessLines).map(([name, kind]) => `option name ${name} ${kind}`)]
}

function rangeOf(option: UciOption): string {
  if (option.type === 'spin') return ` min ${option.min} max ${option.max}`
  return option.type === 'combo' ? option.values.map((value) => ` var ${value}`).join('') : ''
}

/** The settings after `setoption`, or a sentence saying why they stay. Names fit in any case, with or without blanks. */
export function withOption(settings: Settings, name: string, value: string): Settings | string {
  const option = options.find((known) => plain(known.name) === plain(name))
  if (option === undefined) return `there is no option ${name}`
  const parsed = parseValue(option, value)
  if (parsed === undefined) return `${option.name} cannot be ${value || 'empty'}:${limitsOf(option)}`
  return { ...settings, [option.key]: parsed }
}

function plain(name: string): string {
  return name.replaceAll(/\s/g, '').toLowerCase()
}

function parseValue(option: UciOption, value: string): string | number | boolean | undefined {
  const word = value.trim().toLowerCase()
  switch (option.type) {
    case 'string':
      return value.trim()
    case 'check':
      return word === 'true' ? true : word === 'false' ? false : undefined
    case 'combo':
      return option.values.find((known) => known === word)
    case 'spin': {
      const number = word === '' ? Number.NaN : Number(word)
      return Number.isInteger(number) && number >= option.min && number <= option.max ? number : undefined
    }
  }
}

function limitsOf(option: UciOption): string {
  if (option.type === 'spin') return ` it is a whole number from ${option.min} to ${option.max}`
  return option.type === 'combo' ? ` it is one of ${option.values.join(', ')}` : ' it is true or false'
}
