import { faultsLine } from './d/faults.ts'
import { flushLine } from './d/flush.ts'
import { killPodmateLine } from './d/kill-podmate.ts'
import { killUploaderLine } from './d/kill-uploader.ts'
import { manyFilesLine } from './d/many-files.ts'
import { thirtyFilesLine } from './d/thirty-files.ts'
import { throughputLine } from './d/throughput.ts'
import { tokenLine } from './d/token.ts'
import { writerLine } from './d/writer.ts'
import type { Line } from './line.ts'

/** The acceptance list of issue D, in its order; its third line has two halves. */
export const issueD: readonly Line[] = [
  thirtyFilesLine,
  writerLine,
  killUploaderLine,
  killPodmateLine,
  faultsLine,
  flushLine,
  manyFilesLine,
  throughputLine,
  tokenLine,
]
