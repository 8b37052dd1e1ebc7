import { testsOf } from '../b/tests-of.ts'

/** python-chess drives the UCI engine through 20 whole games against itself and 20 against Stockfish at its lowest level. */
export const uci = testsOf('chess GUIs', ['test/integration/uci/'], { POD_UCI_GAMES: '20' })
