import { createHash } from 'node:crypto'

/** `SHA256:…` of a public key line, as `ssh` shows it when it asks whether to trust a host. */
export function fingerprint(publicKey: string): string {
  const blob = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64')
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`
}
