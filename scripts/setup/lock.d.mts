/** Runs `work`, which is over when it returns, while nobody else runs any for the same folder; waits for whoever does. */
export function exclusively<T>(folder: string, work: () => T): Promise<T>
