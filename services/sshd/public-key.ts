/** What a line of a key variable turned out to be. */
export type KeyLine =
  | { readonly type: 'key'; readonly line: string }
  | { readonly type: 'nothing' }
  | { readonly type: 'refused'; readonly reason: string }

const keyTypes = [
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
] as const

/** The options that may stand before a key; sshd passes over a line with any other. */
const flag =
  '(?:no-)?(?:agent-forwarding|port-forwarding|pty|user-rc|x11-forwarding|touch-required)|cert-authority|restrict|verify-required'
const setting =
  '(?:command|environment|expiry-time|from|permitlisten|permitopen|principals|tunnel)="(?:\\\\"|[^"])*"'
export const optionForm = `(?:${flag}|${setting})`
const isOption = new RegExp(`^${optionForm}$`, 'i')

/** Judges one line as sshd would, and says what is wrong with it without repeating any of it. */
export function readPublicKey(text: string): KeyLine {
  // Blanks that only look like one part a key from its type for us, and not for sshd.
  const line = text.trim().replace(/[^\S \t]/g, ' ')
  if (line === '' || line.startsWith('#')) return { type: 'nothing' }
  const { options, rest } = splitOptions(line)
  const [type = '', blob = ''] = rest.split(/\s+/)
  if (!isKeyType(type)) return { type: 'refused', reason: whatElse(line) }
  const bad = options.find((option) => !isOption.test(option))
  if (bad !== undefined) return { type: 'refused', reason: 'has an option that sshd does not know' }
  const problem = blobProblem(type, blob)
  return problem === undefined ? { type: 'key', line } : { type: 'refused', reason: problem }
}

function whatElse(line: string): string {
  if (/PRIVATE KEY/.test(line)) return 'is part of a private key; only the text of the .pub file belongs here'
  if (/^(\d+\s+)?(SHA256|MD5):/.test(line) || /^([0-9a-f]{2}:){15}[0-9a-f]{2}$/i.test(line))
    return 'is a fingerprint, not a key; put the text of the .pub file here'
  if (/^(ssh-dss|\S+-cert-v01@openssh\.com)\s/.test(line)) return 'is of a type that is not accepted'
  return 'is not a public key; put the text of the .pub file here'
}

const isKeyType = (type: string) => keyTypes.some((known) => known === type)

/** Options end at the first space outside of quotes. */
function splitOptions(line: string): { readonly options: readonly string[]; readonly rest: string } {
  if (isKeyType(line.split(/\s/, 1)[0] ?? '')) return { options: [], rest: line }
  const list = /^(?:"(?:\\"|[^"])*"|[^\s"])+/.exec(line)?.[0] ?? ''
  const options = list.match(/(?:"(?:\\"|[^"])*"|[^,"])+/g) ?? []
  return { options, rest: line.slice(list.length).trimStart() }
}

const damaged = 'is damaged: a part is missing or was added; copy the whole line of the .pub file'

function blobProblem(type: string, blob: string): string | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(blob) || blob.length % 4 !== 0) return damaged
  const fields = readFields(Buffer.from(blob, 'base64'))
  if (fields?.[0]?.toString('latin1') !== type) return damaged
  const sizes = fields.map((field) => field.length)
  if (type === 'ssh-rsa') {
    if (sizes.length !== 3) return damaged
    return (sizes[2] ?? 0) < 256 ? 'is an RSA key of less than 2048 bits; make an Ed25519 key' : undefined
  }
  if (type === 'ssh-ed25519') return sizes.length === 2 && sizes[1] === 32 ? undefined : damaged
  return sizes.length === (type.startsWith('sk-ecdsa') ? 4 : 3) ? undefined : damaged
}

/** The strings that a key is made of, each after its length; undefined when they do not fill it exactly. */
function readFields(bytes: Buffer): readonly Buffer[] | undefined {
  const fields: Buffer[] = []
  let at = 0
  while (at < bytes.length) {
    if (at + 4 > bytes.length) return undefined
    const end = at + 4 + bytes.readUInt32BE(at)
    if (end > bytes.length) return undefined
    fields.push(bytes.subarray(at + 4, end))
    at = end
  }
  return fields
}
