import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { oomKills } from './cgroup.ts'
import { ProcessesLeft, ProgramEnded, programEnding } from './ending.ts'
import type { Ending } from './events.ts'
import { launch, type Program, type ProgramOptions } from './launch.ts'
import { lineRate } from './line-rate.ts'
import { lineSplitter } from './line-splitter.ts'
import { endTree, type ProcessTree, signalTree, treeGone, withHandedOver } from './process-tree.ts'
import { type ProgramProbes, watchProbes } from './program-probes.ts'
import type { ServiceContext } from './service.ts'
import { aborted, pause, settledWithin } from './time.ts'

const linesPerSecond = 1000
/** A grandchild may hold the pipes open for ever: output is read at most this long after the tree has gone. */
const pipesMs = 500
/** What was handed over does hold them open; the leader's own last words are there already. */
const handedOverPipesMs = 50

export interface ChildOptions extends ProgramOptions, ProgramProbes {
  /**
   * Given, the program hands things over (sshd its sessions): it is stopped by its process group only, and they live on
   * until the pod stops. Tells the processes at their roots.
   */
  readonly handedOver?: () => Promise<readonly number[]>
  /** Asked when nothing of an earlier run is left, right before the start; a rejection ends the run. */
  readonly demand?: () => Promise<void>
  /** Lines that are not worth telling. */
  readonly hides?: (line: string) => boolean
}

/**
 * The body of a service that is a program. Ready when its probe answers (or at once without one); TERM to the group
 * on `stop`, KILL on `kill`; rejects with a ProgramEnded unless the exit code is 0, and always only after the whole
 * tree has gone.
 */
export async function runChild(options: ChildOptions, ctx: ServiceContext): Promise<void> {
  const { program: context, podStopping, stop, kill } = ctx
  const { handedOver, hides } = options
  const mark = `PODMATE_MARK=${context.mark.PODMATE_MARK}`
  const leftOver: ProcessTree = { group: undefined, mark, groupOnly: handedOver !== undefined }
  await endTree(leftOver, context.timings.killWaitMs / 2, context.timings.killWaitMs, kill)
  await options.demand?.()
  if (stop.aborted) return
  const killsBefore = oomKills()
  const program = await launch({ ...options, env: { ...options.env, ...context.mark } })
  const over = new AbortController()
  let tree: ProcessTree = { ...leftOver, group: program.process.pid }
  context.tell({ type: 'spawned', pid: program.process.pid ?? 0, command: options.command })
  const output = readOutput(program, ctx, hides)
  const probes = watchProbes(options, program.process.pid ?? 0, ctx, over.signal, (reason) => {
    context.tell({ type: 'killing', reason })
    signalTree(tree, 'SIGKILL')
  })
  const treeToStop = async () => {
    if (handedOver && podStopping.aborted) tree = withHandedOver(tree, await handedOver())
    return tree
  }
  void stopOnSignal(treeToStop, stop, kill, over.signal)
  try {
    const ended = await programEnd(program, () => oomKills() > killsBefore)
    over.abort()
    // Who was behind the leader (a shell, say) was asked together with it, and has as long as it would have had.
    if (stop.aborted) await treeGone(tree, kill)
    const left = await endTree(tree, 0, context.timings.killWaitMs, kill)
    if (left.length > 0) throw new ProcessesLeft(left)
    if (!ended.ok) throw new ProgramEnded(ended)
  } finally {
    over.abort()
    await probes
    await settledWithin(output.done, tree.groupOnly ? handedOverPipesMs : pipesMs)
    output.end()
  }
}

/** TERM to the group at `stop`; KILL to the whole tree at `kill`. The rest is `endTree`'s once the leader has gone. */
async function stopOnSignal(
  treeToStop: () => Promise<ProcessTree>,
  stop: AbortSignal,
  kill: AbortSignal,
  over: AbortSignal,
): Promise<void> {
  await aborted(AbortSignal.any([stop, kill, over]))
  if (over.aborted) return
  const tree = await treeToStop()
  if (!kill.aborted) {
    signalTree(tree, 'SIGTERM')
    signalTree(tree, 'SIGCONT') // a stopped process could not even take the TERM
  }
  await aborted(AbortSignal.any([kill, over]))
  while (!over.aborted) {
    signalTree(tree, 'SIGKILL')
    await pause(100, over)
  }
}

async function programEnd(program: Program, outOfMemory: () => boolean): Promise<Ending> {
  const { process: child } = program
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  const startFailure = child.exitCode ? await program.startFailure : ''
  const oom = child.signalCode === 'SIGKILL' && outOfMemory()
  return programEnding(child.exitCode, child.signalCode, startFailure, oom)
}

function readOutput(program: Program, ctx: ServiceContext, hides: ChildOptions['hides'] = () => false) {
  const { stdout, stderr } = program.process
  const ends = [readLines(stdout, 'stdout', ctx, hides), readLines(stderr, 'stderr', ctx, hides)]
  return {
    done: Promise.all(ends.map((end) => end.done)),
    end: () => {
      for (const end of ends) end.close()
    },
  }
}

function readLines(
  pipe: Readable | null,
  stream: 'stdout' | 'stderr',
  ctx: ServiceContext,
  hides: (line: string) => boolean,
) {
  if (!pipe) return { done: Promise.resolve(), close() {} }
  const { tell, redact } = ctx.program
  const rate = lineRate(linesPerSecond, (lines) => tell({ type: 'suppressed', lines }))
  const splitter = lineSplitter((text) => void (hides(text) || ctx.log.info({ stream }, text)), rate, redact)
  pipe.once('data', () => tell({ type: 'first-log' }))
  pipe.on('data', (chunk: Buffer) => splitter.push(chunk))
  pipe.on('error', () => {}) // the other end went away: its `close` follows
  const done = new Promise<void>((resolve) => pipe.once('close', () => resolve()))
  return {
    done,
    close() {
      pipe.destroy()
      splitter.end()
    },
  }
}
