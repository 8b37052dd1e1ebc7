/** Passes a name that stays inside the state folder (`timings/phases.jsonl`); throws a RangeError for any other. */
export function checkedName(name: string): string {
  const parts = name.split('/')
  const fine = parts.every((part) => /^[\w-][\w.-]*$/.test(part) && !part.endsWith('.tmp'))
  if (!fine) throw new RangeError(`not a name inside the state folder: ${JSON.stringify(name)}`)
  return name
}

/** The folder of one pod: its id or host name, with what could leave the state folder replaced. */
export function folderName(podId: string): string {
  return podId.replaceAll(/[^\w.-]/g, '_').replace(/^\.+/, '_') || '_'
}
