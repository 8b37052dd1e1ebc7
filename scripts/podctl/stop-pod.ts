import type { AutostopAnswer } from './autostop-answer.ts'
import type { Call } from './call.ts'
import { detailOf } from './client.ts'
import { exitCodes } from './exit-codes.ts'
import { whyTyped } from './hold.ts'
import { harmless } from './terminal.ts'
import { endLine } from './why-lines.ts'

/** Has the pod stopped in order; says when, and how to follow it and to call it off. */
export async function stopPod(call: Call): Promise<number> {
  const { terminal, connect } = call
  const why = whyTyped(call)
  const answer = await (await connect()).request('POST', '/autostop/stop', why === '' ? {} : { why })
  if (answer.status !== 200) {
    terminal.err(detailOf(answer))
    return exitCodes.notTrue
  }
  const now = answer.body as AutostopAnswer // both ends are of one version
  const line = harmless(endLine(now, Date.now()))
  if (now.dry_run) {
    terminal.err(line)
    return exitCodes.notTrue
  }
  terminal.out(line)
  if (now.verb === 'terminate')
    terminal.err(
      'AUTOSTOP_VERB is terminate: that deletes the pod, and /workspace unless it is a network volume.',
    )
  terminal.err('`podctl hold 1h` calls it off until RunPod is asked; `podctl why` tells how far it is.')
  return exitCodes.true
}
