import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { hubProgram } from '../../fixtures/artifacts/hub-program.ts'
import { lfsLine, RawHub, sha256, textFile } from '../../fixtures/artifacts/raw-hub.ts'

const content = randomBytes(1000)

test('hub.ts runs as a program that reports, takes faults, restarts with what it has, and ends by a signal', async () => {
  const hub = await hubProgram({ pageSize: 5 })
  const raw = new RawHub(hub)
  await raw.ask('POST', '/api/repos/create', { name: 'run', visibility: 'private' })
  await raw.put('pod/run', content)

  await hub.add({ fault: 'answer', status: 503, on: 'commit', times: 'always' })
  const lines = [lfsLine('a.pt', content), textFile('b.json', '{}')]
  expect((await raw.commit('pod/run', lines)).status).toBe(503)
  await hub.clearFaults()
  await hub.restart()
  await expect
    .poll(() =>
      raw.commit('pod/run', lines).then(
        ({ status }) => status,
        () => 0,
      ),
    )
    .toBe(200)

  const { counters, branches, refusals } = await hub.report()
  expect(counters.objects).toEqual({ [sha256(content)]: { puts: 1, bytes: 1000, putsAfterStored: 0 } })
  expect(refusals).toEqual([])
  expect(branches).toMatchObject([{ type: 'models', id: 'pod/run', private: true, branch: 'main' }])
  expect(branches[0]?.files.map(({ path }) => path)).toEqual(['.gitattributes', 'a.pt', 'b.json'])
  expect(branches[0]?.commits.at(-1)).toMatchObject({ oid: branches[0]?.head, operations: 2 })

  hub.program.child.kill('SIGTERM')
  expect(await hub.program.ended).toMatchObject({ code: 0, err: '' })
})
