/** The lines of a stream as they come, whichever way they end; blank ones are left out, the last may lack its end. */
export async function* lines(stream: NodeJS.ReadableStream): AsyncGenerator<string> {
  // Not by readline: it takes U+2028 for the end of a line.
  let rest = ''
  stream.setEncoding('utf8')
  for await (const chunk of stream) {
    const parts = `${rest}${chunk}`.split(/[\r\n]+/)
    rest = parts.pop() ?? ''
    yield* parts.filter((part) => part.trim() !== '')
  }
  if (rest.trim() !== '') yield rest
}
