/** Runs all until `stop` aborts; when one rejects, the others are stopped. Settles when all have, with the first error. */
export async function together(
  stop: AbortSignal,
  parts: readonly ((stop: AbortSignal) => Promise<void>)[],
): Promise<void> {
  const failed = new AbortController()
  const signal = AbortSignal.any([stop, failed.signal])
  const outcomes = await Promise.allSettled(
    parts.map(async (part) => {
      try {
        await part(signal)
      } catch (error) {
        failed.abort(error)
        throw error
      }
    }),
  )
  if (outcomes.some(({ status }) => status === 'rejected')) throw failed.signal.reason
}
