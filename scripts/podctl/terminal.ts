import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

/** Where podctl writes: results to `out`, remarks and refusals to `err`. */
export interface Terminal {
  out(line: string): void
  err(line: string): void
  /** The text in colour on a terminal, and as it is everywhere else. */
  paint(style: Style, text: string): string
}

/** The terminal of this process; no colours when NO_COLOR is set or the output goes elsewhere. */
export function terminal(env: NodeJS.ProcessEnv, isTerminal: boolean): Terminal {
  const colours = isTerminal && (env.NO_COLOR ?? '') === ''
  return {
    out: (line) => void process.stdout.write(`${line}\n`),
    err: (line) => void process.stderr.write(`${line}\n`),
    paint: (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text),
  }
}

/** The text without what could steer a terminal. */
export function harmless(text: string): string {
  return text.replace(/\p{Cc}/gu, (sign) => (sign === '\t' ? sign : ' '))
}
