import { z } from 'zod'
import type { Errand } from './errand.ts'
import type { HubApi } from './hub-api.ts'
import type { LocalFile } from './local-file.ts'
import { readLocal } from './read-local.ts'

export type UploadMode = 'lfs' | 'regular'

/** How files are to be sent, as far as the Hub was asked; a file that changed is another one. */
export interface UploadModes {
  /** By remote path; asks in one request per hundred about those that are not known. */
  of(files: readonly LocalFile[], errand: Errand): Promise<ReadonlyMap<string, UploadMode>>
  forget(): void
}

const mostPerRequest = 100
const preuploaded = z.object({
  files: z.array(z.object({ path: z.string(), uploadMode: z.enum(['lfs', 'regular']) })),
})

export function uploadModes(api: HubApi, branch: string): UploadModes {
  const known = new Map<string, UploadMode>()
  const ask = async (files: readonly LocalFile[], errand: Errand) => {
    const body = { files: await Promise.all(files.map(question)) }
    const answer = await api.ask(`preupload/${encodeURIComponent(branch)}`, preuploaded, errand, body)
    const modes = new Map(answer.files.map(({ path, uploadMode }) => [path, uploadMode]))
    for (const file of files) known.set(keyOf(file), modes.get(file.remotePath) ?? 'regular')
  }
  return {
    async of(files, errand) {
      const unknown = files.filter((file) => file.size > 0 && !known.has(keyOf(file)))
      for (let start = 0; start < unknown.length; start += mostPerRequest) {
        await ask(unknown.slice(start, start + mostPerRequest), errand)
      }
      // The storage takes no empty objects.
      return new Map(files.map((file) => [file.remotePath, known.get(keyOf(file)) ?? 'regular']))
    },
    forget: () => known.clear(),
  }
}

function keyOf({ sha256, remotePath }: LocalFile): string {
  return `${sha256} ${remotePath}`
}

async function question(file: LocalFile): Promise<object> {
  const sample = (await readLocal(file, 512)).toString('base64')
  return { path: file.remotePath, size: file.size, sample }
}
