import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { passingFaults } from '../../fakes/hub/passing-faults.ts'
import { startHub } from '../../fakes/hub.ts'
import { lfsLine, RawHub, type RawReply, sha256 } from '../../fixtures/artifacts/raw-hub.ts'

test.for([1, 2, 3, 4, 5])(
  'passing faults (seed %i) leave a stand-in that holds what it said it does',
  async (seed) => {
    await using hub = await startHub()
    await hub.addRepo('pod/run')
    hub.faults.mix(seed, passingFaults, { chance: 0.4 })
    const raw = new RawHub(hub)
    const acknowledged = new Map<string, Buffer>()
    for (let file = 0; file < 8; file += 1) {
      const content = randomBytes(5000)
      const path = `${file}.pt`
      await untilOk(async () => {
        const { status, json } = await raw.batch('pod/run', content)
        const [object] = json?.objects ?? []
        if (status !== 200 || object?.error) return undefined
        if (!object.actions) return { status }
        return fetch(object.actions.upload.href, { method: 'PUT', body: content })
      })
      await untilOk(() => raw.commit('pod/run', [lfsLine(path, content)]))
      acknowledged.set(path, content)
    }
    hub.faults.clear()
    for (const [path, content] of acknowledged) expect(await hub.repo('pod/run').read(path)).toEqual(content)
    const { objects } = hub.counters()
    const again = [...acknowledged.values()].map((content) => objects[sha256(content)]?.putsAfterStored)
    expect(again).toEqual(again.map(() => 0))
    expect(hub.refusals()).toEqual([])
    expect(hub.log.filter(({ fault }) => fault !== undefined).length).toBeGreaterThan(5)
  },
)

/** Asks again until the answer is 200, whatever happened before; gives up after 50 times. */
async function untilOk(ask: () => Promise<Pick<RawReply, 'status'> | undefined>): Promise<void> {
  for (let tried = 0; tried < 50; tried += 1) {
    const reply = await ask().catch(() => undefined)
    if (reply?.status === 200) return
  }
  throw new Error('There was never an answer of 200')
}
