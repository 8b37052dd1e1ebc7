import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** Debian's Stockfish, which plays the human's side. */
export function startStockfish() {
  const child = spawn('/usr/games/stockfish', { stdio: ['pipe', 'pipe', 'ignore'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    /** Its move in UCI form after these moves. */
    async move(moves: readonly string[]): Promise<string> {
      child.stdin.write(`position startpos moves ${moves.join(' ')}\ngo nodes 20000\n`)
      for (;;) {
        const { value, done } = await lines.next()
        if (done) throw new Error('Stockfish has ended')
        const best = /^bestmove (\S+)/.exec(String(value))?.[1]
        if (best !== undefined) return best
      }
    },
    end: () => child.kill(),
  }
}
