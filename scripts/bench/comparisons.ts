import { type Comparison, table } from './comparison.ts'
import { benchLineSplitter } from './line-splitter.ts'
import { benchModelLoad } from './model-load.ts'
import { benchReplay } from './replay.ts'
import { benchRequests } from './requests.ts'

/** `npm run bench`: ratios, each from one run on one machine; nothing here passes or fails. */
export async function comparisonsCommand(): Promise<number> {
  const load = await benchModelLoad()
  const comparisons: readonly Comparison[] = [
    await benchReplay(),
    ...(await benchLineSplitter()),
    ...(load ? [load] : []),
    ...(await benchRequests()),
  ]
  console.log(table(comparisons))
  if (!load)
    console.log('load of a .pt: not compared, for there is no Python with torch (npm test makes one)')
  return 0
}
