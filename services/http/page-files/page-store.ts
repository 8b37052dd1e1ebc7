import { type PageFiles, readPageFiles } from './page-files.ts'

/** Hands out the files of the page. */
export type PageStore = () => Promise<PageFiles>

/** Reads the page when it is asked for the first time: a start does not pay for it. A failure is tried again. */
export function pageStore(read = readPageFiles): PageStore {
  let known: Promise<PageFiles> | undefined
  return () => {
    known ??= read().catch((error) => {
      known = undefined
      throw error
    })
    return known
  }
}
