const answerMs = 3000

/** Rejects, naming `path`, when the file system has not answered: a hung volume never fails by itself. */
export async function withinTime<Value>(promise: Promise<Value>, path: string): Promise<Value> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`${path} does not answer: is its volume hung?`)), answerMs)
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
