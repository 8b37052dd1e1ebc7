const longest = 80

/** What a run of a command is called: the command in one line, its files without their folders, at most 80 characters. Pure. */
export function jobName(command: string): string {
  const line = command.replaceAll(/\s+/g, ' ').trim()
  const short = line.replaceAll(/(?<=^|[\s'"=])\/[^\s'"]*\/(?=[^\s'"/])/g, '')
  return short.length > longest ? `${short.slice(0, longest - 1).trimEnd()}…` : short
}
