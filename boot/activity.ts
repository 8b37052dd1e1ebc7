const everyMs = 1000

/** Makes what is called for each request that counts as activity: touches the heartbeat file, at most once a second. */
export function activity(
  file: string | undefined,
  touch: (path: string) => Promise<void>,
  onError: (error: unknown) => void,
): () => void {
  let lastMs = Number.NEGATIVE_INFINITY
  return () => {
    const nowMs = performance.now()
    if (file === undefined || nowMs - lastMs < everyMs) return
    lastMs = nowMs
    touch(file).catch(onError)
  }
}
