/** Makes a function that runs one job at a time, in the order of the calls. */
export function serial(): <T>(job: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (job) => {
    const result = last.then(job)
    last = result.catch(() => {}) // the caller gets the error; the next job must not
    return result
  }
}
