/** Whether parsed JSON has at most `most` values in it, looked at no further than that. Pure. */
export function isSmall(value: unknown, most = 1000): boolean {
  const unseen = [value]
  let seen = 0
  while (unseen.length > 0) {
    const next = unseen.pop()
    seen += 1
    if (seen + unseen.length > most) return false
    if (typeof next !== 'object' || next === null) continue
    const inner = Array.isArray(next) ? next : Object.values(next)
    if (inner.length > most) return false
    unseen.push(...inner)
  }
  return true
}
