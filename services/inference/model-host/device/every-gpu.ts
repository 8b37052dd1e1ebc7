import { readdirSync } from 'node:fs'

/** The devices that serve together: every GPU when `requested` names none and the model `runsOn` one, else that alone. */
export function devicesTogether(requested: string, runsOn: string): readonly string[] {
  if (!/^(auto|cuda)$/.test(requested) || !runsOn.startsWith('cuda:')) return [runsOn]
  // biome-ignore lint/style/noProcessEnv: CUDA itself reads it from the environment of the process that it is used in
  const count = gpuCount(readdirSync('/dev'), process.env.CUDA_VISIBLE_DEVICES)
  const others = Array.from({ length: count }, (_none, index) => `cuda:${index}`)
  return [runsOn, ...others.filter((device) => device !== runsOn)]
}

/** How many GPUs CUDA numbers, from 0: those of the driver, or as many of them as CUDA_VISIBLE_DEVICES lists. Pure. */
export function gpuCount(deviceFiles: readonly string[], visible: string | undefined): number {
  const present = deviceFiles.filter((name) => /^nvidia\d+$/.test(name)).length
  if (visible === undefined) return present
  const listed = visible.split(',').map((one) => one.trim())
  const end = listed.findIndex((one) => one === '' || one.startsWith('-')) // CUDA reads no further
  return Math.min(present, end < 0 ? listed.length : end)
}
