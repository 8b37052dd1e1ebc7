import { type Comparison, table } from './bench/comparison.ts'
import { benchLineSplitter } from './bench/line-splitter.ts'
import { benchModelLoad } from './bench/model-load.ts'
import { benchReplay } from './bench/replay.ts'
import { benchRequests } from './bench/requests.ts'

// Ratios, each from one run on one machine: nothing here passes or fails.
const load = await benchModelLoad()
const comparisons: readonly Comparison[] = [
  await benchReplay(),
  ...(await benchLineSplitter()),
  ...(load ? [load] : []),
  ...(await benchRequests()),
]
console.log(table(comparisons))
if (!load) console.log('load of a .pt: not compared, for there is no Python with torch (npm test makes one)')
