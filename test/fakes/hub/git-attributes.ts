import { matchesGlob } from 'node:path'

const binary = [
  '7z arrow bin bin.* bz2 ckpt ftz gz h5 joblib lfs.* mlmodel model msgpack npy npz onnx ot parquet pb pickle pkl pt pth',
  'rar safetensors tar.* tar tflite tgz wasm xz zip zst tfevents*',
]
  .join(' ')
  .split(' ')
  .map((ending) => `*.${ending}`)

/** The .gitattributes that a new repository starts with. */
export const initialAttributes = [...binary, 'saved_model/**/*', '*tfevents*']
  .map((pattern) => `${pattern} filter=lfs diff=lfs merge=lfs -text\n`)
  .join('')

/** Whether a .gitattributes says that a path is kept as an LFS object. */
export function saysLfs(attributes: string, path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return attributes.split('\n').some((line) => {
    const [pattern = '', ...words] = line.trim().split(/\s+/)
    if (!words.includes('filter=lfs')) return false
    return matchesGlob(pattern.includes('/') ? path : name, pattern)
  })
}
