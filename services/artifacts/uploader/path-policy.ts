const mostBytes = 1000

/** Why the Hub cannot take a relative path with `/` in it, and the remedy; undefined when it can. */
export function pathProblem(path: string): string | undefined {
  if (path.includes('\uFFFD')) return 'its name is not valid UTF-8: rename it'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (/[\u0000-\u001F\u007F-\u009F\u2028\u2029]/.test(path))
    return 'its name has a line break or another control character: rename it'
  if (path.includes('\\')) return 'its name has a backslash, which is a folder to some: rename it'
  if (Buffer.byteLength(path) > mostBytes)
    return `its path is longer than ${mostBytes} bytes: move it up or rename it`
  return path.split('/').map(segmentProblem).find(Boolean)
}

function segmentProblem(segment: string): string | undefined {
  if (segment === '' || segment === '.' || segment === '..') return 'it leads out of its folder'
  if (/^\.git$/i.test(segment)) return '`.git` belongs to git: the Hub refuses it'
  if (/^[a-z]:/i.test(segment)) return 'its name starts like a drive of Windows: rename it'
  return undefined
}

/** Whether a path is hidden or that of a file that is still being made: passed over without a word. */
export function isPassing(path: string): boolean {
  const segments = path.split('/')
  if (segments.some((segment) => segment.startsWith('.'))) return true
  return /(?:\.tmp|\.temp|\.part|\.partial|\.incomplete|\.crdownload|\.lock|\.swp|\.swo|~)$/i.test(path)
}
