/** A line of /proc/self/mountinfo has the mount point as its fifth word, blanks and the like as \040. */
function mountPoints(mountinfo: string): readonly string[] {
  return mountinfo
    .split('\n')
    .flatMap((line) => line.split(' ')[4] ?? [])
    .map((word) =>
      word.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8))),
    )
}

/**
 * The volumes that hold these absolute folders, each once, without a call to the volumes themselves, which may hang. The
 * folders themselves where there is no mountinfo.
 */
export function mountsOf(folders: readonly string[], mountinfo: string | undefined): readonly string[] {
  if (mountinfo === undefined) return [...new Set(folders)]
  const points = new Set(mountPoints(mountinfo))
  return [...new Set(folders.map((folder) => mountOf(folder, points)))]
}

function mountOf(folder: string, points: ReadonlySet<string>): string {
  let path = folder
  while (path !== '' && !points.has(path)) path = path.slice(0, path.lastIndexOf('/'))
  return path || '/'
}
