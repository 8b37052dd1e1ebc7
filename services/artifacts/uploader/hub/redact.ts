/** Takes the token out of a text, and what follows the `?` of addresses, for storage addresses are signed there. Pure. */
export function redact(text: string, token: string): string {
  const hidden = token === '' ? text : text.replaceAll(token, '[HF_TOKEN]')
  return hidden.replace(/(https?:\/\/[^\s?"'<>]*)\?[^\s"'<>]*/g, '$1?…')
}
