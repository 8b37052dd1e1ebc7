/** From an earlier performance.now() to now, to three decimals. */
export function millisecondsSince(startedAt: number): number {
  return Number((performance.now() - startedAt).toFixed(3))
}
