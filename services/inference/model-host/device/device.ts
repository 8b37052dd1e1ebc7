/** Something to run a session on. */
export type Device = { readonly type: 'cpu' } | { readonly type: 'cuda'; readonly index: number }

/** As it is written in INFERENCE_API_DEVICE and in answers. */
export function deviceName(device: Device): string {
  return device.type === 'cpu' ? 'cpu' : `cuda:${device.index}`
}

/** The device that was asked for does not exist or does not work here; never silently replaced by another one. */
export class DeviceUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'DeviceUnavailable'
  }
}

/** The devices to try, in order, for `auto`, `cpu`, `cuda` or `cuda:N`. */
export function devicesFor(requested: string, hasGpu: boolean): readonly Device[] {
  if (requested === 'cpu') return [{ type: 'cpu' }]
  if (requested === 'auto') return hasGpu ? [{ type: 'cuda', index: 0 }, { type: 'cpu' }] : [{ type: 'cpu' }]
  const cuda = /^cuda(?::(\d{1,2}))?$/.exec(requested)
  if (cuda) return [{ type: 'cuda', index: Number(cuda[1] ?? 0) }]
  throw new DeviceUnavailable(
    `INFERENCE_API_DEVICE is ${JSON.stringify(requested)}; use auto, cpu, cuda or cuda:N.`,
  )
}
