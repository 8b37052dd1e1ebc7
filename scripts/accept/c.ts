import { chessParityLine } from './c/chess-parity.ts'
import { fuzzLine } from './c/fuzz.ts'
import { load } from './c/load.ts'
import { memory } from './c/memory.ts'
import { schemathesisLine } from './c/schemathesis.ts'
import { swap } from './c/swap.ts'
import { uci } from './c/uci.ts'
import type { Line } from './line.ts'

/** The acceptance list of issue C, in its order; the fuzzer is the second half of its third line. */
export const issueC: readonly Line[] = [load, swap, schemathesisLine, fuzzLine, chessParityLine, uci, memory]
