import { setFlagsFromString } from 'node:v8'

const questionsOfSomebodyBusy = 100

/** podmate mostly waits, beside programs that need the memory: its heap collects early instead of growing. */
export function saveMemory(): void {
  setFlagsFromString('--memory-saver-mode')
}

/**
 * Makes what is to be called for each move that is asked for. Collecting early costs half of the supervisor's time for a
 * move, so a pod that plays much lets its heap grow.
 */
export function memoryForMoves(): () => void {
  let asked = 0
  return () => {
    asked += 1
    if (asked === questionsOfSomebodyBusy) setFlagsFromString('--no-memory-saver-mode')
  }
}
