import { ingestLine } from './f/ingest.ts'
import { ingestKillLine } from './f/kill.ts'
import { loraLine } from './f/lora.ts'
import { millionLine } from './f/million.ts'
import { pageGameLine } from './f/page-game.ts'
import { pageMillionLine } from './f/page-million.ts'
import { pageProxyLine } from './f/page-proxy.ts'
import { pageTestsLine } from './f/page-tests.ts'
import { pageTrainingLine } from './f/page-training.ts'
import { pythonLine } from './f/python.ts'
import type { Line } from './line.ts'

/** The acceptance list of issue F, in its order. */
export const issueF: readonly Line[] = [
  pageTrainingLine,
  pageGameLine,
  ingestLine,
  ingestKillLine,
  millionLine,
  pageMillionLine,
  pythonLine,
  loraLine,
  pageProxyLine,
  pageTestsLine,
]
