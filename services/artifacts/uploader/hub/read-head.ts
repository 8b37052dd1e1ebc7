import { z } from 'zod'
import type { Errand } from './errand.ts'
import type { HubApi } from './hub-api.ts'

const info = z.object({ sha: z.string().nullish(), private: z.boolean() })

/** The newest commit of a branch, and who may see the repository. */
export async function readHead(
  api: HubApi,
  branch: string,
  errand: Errand,
): Promise<{ readonly head: string | undefined; readonly private: boolean }> {
  const { sha, private: hidden } = await api.ask(`revision/${encodeURIComponent(branch)}`, info, errand)
  return { head: sha ?? undefined, private: hidden }
}
