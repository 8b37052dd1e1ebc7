/** How programs of this machine reach an address that we listen on (`http://0.0.0.0:8000`); undefined when it is none. Pure. */
export function localUrl(listening: unknown): string | undefined {
  const url = typeof listening === 'string' ? URL.parse(listening) : null
  if (!url) return undefined
  const everywhere = url.hostname === '0.0.0.0' || url.hostname === '[::]'
  return `http://${everywhere ? '127.0.0.1' : url.hostname}:${url.port || 80}`
}
