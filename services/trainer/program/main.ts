import type { CheckpointSearch, FoundCheckpoint } from '../find-checkpoint.ts'
import { newestCheckpoint } from './newest-checkpoint.ts'

process.title = 'podmate checkpoint'
process.once('disconnect', () => process.exit(0))
process.once('message', async (search: CheckpointSearch) => {
  const found: FoundCheckpoint = await newestCheckpoint(search)
  process.send?.(found) // and waits to be dismissed: an end could be noticed before the answer
})
