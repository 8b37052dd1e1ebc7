import type { LogLine } from '../../supervisor/pod.ts'
import type { Call } from './call.ts'
import { follow } from './follow.ts'
import { lineCount, logText, servicePath } from './logs.ts'

/** Prints the last lines of one service, or of all, and every further one, until podmate or the user ends it. */
export function tail({ positionals, options, terminal, connect }: Call): Promise<number> {
  const path = `/logs${servicePath(positionals[0])}?follow=1`
  const lines = lineCount(options.lines ?? '10')
  return follow(connect, terminal, {
    // After a break only what is new: what was shown is not shown twice.
    path: (again) => `${path}&lines=${again ? 0 : lines}`,
    onEvent({ event, data }) {
      if (event === 'line') terminal.out(logText(JSON.parse(data) as LogLine)) // the route's schema
      if (event === 'skipped')
        terminal.err(`podctl: ${JSON.parse(data).lines} lines skipped: this reads too slowly`)
    },
  })
}
