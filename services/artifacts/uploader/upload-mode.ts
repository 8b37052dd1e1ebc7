import { extname } from 'node:path'

/** The Hub keeps every larger file apart from the commit. */
const largestRegular = 10e6
/** Names that every new repo on the Hub keeps apart from the commit. */
const keptApart = [
  '.bin',
  '.ckpt',
  '.gz',
  '.npy',
  '.npz',
  '.onnx',
  '.pkl',
  '.pt',
  '.pth',
  '.safetensors',
  '.zip',
]

interface Asked {
  readonly remotePath: string
  readonly size: number
  readonly stored?: 'lfs' | 'regular'
}

/** Whether a file's bytes may have to travel inside the commit, where nobody checks them. Pure. */
export function mayBeRegular({ remotePath, size, stored }: Asked): boolean {
  if (stored !== undefined) return stored === 'regular'
  return size <= largestRegular && !keptApart.includes(extname(remotePath).toLowerCase())
}
