import { z } from 'zod'
import { type Answer, type Call, type HubState, jsonOf } from './call.ts'
import { branchOf, writableRepo } from './find-repo.ts'
import { saysLfs } from './git-attributes.ts'
import type { Branch } from './state.ts'

const files = z.object({
  files: z.array(z.object({ path: z.string().min(1), size: z.int().min(0), sample: z.string() })).max(256),
  gitAttributes: z.string().nullish(),
  gitIgnore: z.string().nullish(),
})

/** POST /api/{type}/{repo}/preupload/{rev}: how each file is to be sent, and what is there under its path. */
export async function preupload(call: Call): Promise<Answer> {
  const branch = branchOf(writableRepo(call), call.params.rev)
  const { files: asked, gitAttributes } = await jsonOf(call, files)
  const attributes = gitAttributes ?? (await attributesOf(call.state, branch))
  return {
    json: {
      files: asked.map(({ path, size, sample }) => {
        const there = branch.files.get(path)
        const lfs =
          size > call.state.limits.regularMaxBytes ||
          saysLfs(attributes, path) ||
          Buffer.from(sample, 'base64').includes(0)
        return {
          path,
          uploadMode: lfs ? 'lfs' : 'regular',
          shouldIgnore: false,
          ...(there && { oid: there.sha256 ?? there.oid }),
        }
      }),
    },
  }
}

/** The text of a branch's .gitattributes; empty without one. */
export async function attributesOf({ blobs }: HubState, { files }: Branch): Promise<string> {
  const file = files.get('.gitattributes')
  return file ? (await blobs.read(file.sha256 ?? file.oid)).toString() : ''
}
