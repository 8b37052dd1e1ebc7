const units = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const

/** A size for people: `512 bytes`, `3.1 MB`. Pure. */
export function formatBytes(bytes: number): string {
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  return power === 0 ? `${bytes} bytes` : `${(bytes / 1000 ** power).toFixed(1)} ${units[power]}`
}
