import type { JsonObject } from '../../supervisor/service.ts'
import { type ArtifactsState, artifactsView } from './artifacts-view.ts'

const limitBytes = 16_000

/** The state for /status, which takes 16 KB: with long names its lists get shorter. Pure. */
export function statusDetails(state: ArtifactsState): JsonObject {
  const views = [20, 8, 3, 1].map((entries) => artifactsView(state, entries))
  return views.find(fits) ?? artifactsView(state, 0)
}

function fits(view: JsonObject): boolean {
  return Buffer.byteLength(JSON.stringify(view)) <= limitBytes
}
