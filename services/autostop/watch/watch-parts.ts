import type { ServiceContext } from '../../../supervisor/service.ts'
import type { Journal } from '../journal.ts'
import type { AutostopOptions } from '../options.ts'
import type { WatchBook } from './watch-book.ts'

/** What a run of the service works with. */
export interface WatchParts {
  readonly ctx: ServiceContext
  readonly options: AutostopOptions
  readonly journal: Journal
  readonly book: WatchBook
  /** Reports what is known now. */
  show(): void
}
