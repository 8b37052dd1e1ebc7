import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Which execution providers ran how many nodes of a graph, and for how long in microseconds. */
export type ProviderUse = Readonly<Record<string, { readonly nodes: number; readonly us: number }>>

/** A temporary folder for one profile, removed when it is disposed of. */
export async function profileFolder(): Promise<
  { prefix: string; use(): Promise<ProviderUse> } & AsyncDisposable
> {
  const folder = await mkdtemp(join(tmpdir(), 'podmate-profile-'))
  return {
    prefix: join(folder, 'warm-up'),
    async use() {
      const [name] = await readdir(folder)
      return name === undefined ? {} : providerUse(JSON.parse(await readFile(join(folder, name), 'utf8')))
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Adds up the node events of an onnxruntime profile. */
export function providerUse(events: unknown): ProviderUse {
  const use: Record<string, { nodes: number; us: number }> = {}
  for (const event of Array.isArray(events) ? events : []) {
    const provider: unknown = event?.args?.provider
    if (event?.cat !== 'Node' || typeof provider !== 'string') continue
    use[provider] ??= { nodes: 0, us: 0 }
    use[provider].nodes += 1
    use[provider].us += Number(event.dur) || 0
  }
  return use
}

/** The provider that did most of the work. */
export function mainProvider(use: ProviderUse): string | undefined {
  return Object.entries(use).sort(([, left], [, right]) => right.us - left.us)[0]?.[0]
}
