import { signedIn, whoami } from './accounts.ts'
import type { Answer, Call } from './call.ts'
import { commit } from './commit.ts'
import { lfsBatch, lfsVerify } from './lfs-routes.ts'
import { preupload } from './preupload.ts'
import { createBranch, createRepo, deleteRepo, repoInfo } from './repo-routes.ts'
import type { RouteName } from './routes.ts'
import { completeUpload, download, putObject, putPart } from './storage-routes.ts'
import { pathsInfo, resolve, tree } from './tree-routes.ts'

/** What each route does. */
export const handlers: Readonly<Record<RouteName, (call: Call) => Answer | Promise<Answer>>> = {
  whoami: (call) => ({ json: whoami(signedIn(call.account)) }),
  create: createRepo,
  delete: deleteRepo,
  preupload,
  commit,
  tree,
  'paths-info': pathsInfo,
  branch: createBranch,
  info: repoInfo,
  batch: lfsBatch,
  verify: lfsVerify,
  'put-part': putPart,
  put: putObject,
  complete: completeUpload,
  download,
  resolve,
}
