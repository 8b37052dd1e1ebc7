/** @param {number} ms @returns {string} `3 s`, `12 min`, `2 h 05 min`, `3 d 4 h` */
export function duration(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60)
    return minutes < 10 && seconds % 60 > 0 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${pad(minutes % 60)} min`
  return hours % 24 === 0 ? `${Math.floor(hours / 24)} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** @param {number} ms @returns {string} `4:05`, `1:04:05` */
export function countdown(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor(seconds / 60) % 60
  const rest = `${pad(seconds % 60)}`
  return hours > 0 ? `${hours}:${pad(minutes)}:${rest}` : `${minutes}:${rest}`
}

const pad = (/** @type {number} */ value) => String(value).padStart(2, '0')

/** @param {number} bytes @returns {string} `812 B`, `3.4 MB` */
export function bytes(bytes) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)))
  const value = bytes / 1000 ** power
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`
}

/** @param {number} usd @returns {string} `$1.23`; four digits below a cent */
export function money(usd) {
  return `$${usd !== 0 && Math.abs(usd) < 0.01 ? usd.toFixed(4) : grouped(usd, 2)}`
}

/** @param {number} value @param {number} [digits] @returns {string} `1,240` */
export function grouped(value, digits = 0) {
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** @param {number} value @returns {string} four digits that matter: `0.03121`, `3.1e-5`, `1,240` */
export function figure(value) {
  if (!Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  if (size !== 0 && (size < 0.001 || size >= 1e7)) return Number(value.toPrecision(3)).toExponential()
  return Number.isInteger(value) ? grouped(value) : String(Number(value.toPrecision(4)))
}

/** @param {number} at epoch ms @param {number} now @returns {string} `14:05`, or with the day when it is another one */
export function clock(at, now) {
  const time = new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  const day = (/** @type {number} */ ms) => new Date(ms).toDateString()
  if (day(at) === day(now)) return time
  const name = new Date(at).toLocaleDateString('en-GB', { weekday: 'short', day: 'numeric', month: 'short' })
  return `${name}, ${time}`
}

/** @param {number} count @param {string} noun @returns {string} `1 file`, `3 files` */
export function counted(count, noun) {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`
}
