import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pause } from '../../../supervisor/time.ts'
import { startHub } from '../../fakes/hub.ts'
import { startUploadPod } from '../../fixtures/artifacts/upload-pod.ts'
import { figures } from '../../fixtures/boot/figures.ts'
import { random } from '../../fixtures/chaos/random.ts'
import { storedZip } from '../../fixtures/inference/stored-zip.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

const kills = process.env.PODMATE_ACCEPT ? 10 : 3
const checkpoint = (bytes: number) => storedZip([{ name: 'archive/data.pkl', data: randomBytes(bytes) }])

test('podmate may be killed at any moment: the next one brings the Hub to what the folder holds', async () => {
  await using hub = await startHub()
  hub.faults.add({ fault: 'slow', bytesPerSecond: 8_000_000, on: 'put', times: 'always' })
  const folder = temporaryFolder()
  const next = random(7)
  let whileSending = 0
  for (let round = 0; round < kills; round += 1) {
    const pod = startUploadPod(hub, {}, folder)
    pod.write(`metrics-${round % 2}.json`, JSON.stringify({ round }))
    pod.write(`step-${round}.pt`, checkpoint(4_000_000))
    await pod.line(/"uploads go to/)
    await pause(1000 * next()) // the moment of the kill
    if (hub.log.some(({ endedMs }) => endedMs === undefined)) whileSending += 1
    pod.signal('SIGKILL')
    await pod.ended
  }
  const last = startUploadPod(hub, {}, folder)
  const names = [
    ...['metrics-0.json', 'metrics-1.json'],
    ...Array.from({ length: kills }, (_, round) => `step-${round}.pt`),
  ].sort()
  await last.onHub(...names)
  await last.activity('clean')
  const repo = hub.repo('pod/run')
  for (const name of names)
    expect((await repo.read(name)).equals(readFileSync(join(last.artifacts, name))), name).toBe(true)
  const objects = Object.values(hub.counters().objects)
  expect(objects.filter(({ putsAfterStored }) => putsAfterStored > 0)).toEqual([])
  const again = objects.reduce((sum, { puts }) => sum + puts - 1, 0)
  expect(again).toBeLessThanOrEqual(kills)
  figures('podmate killed', { times: kills, 'while sending': whileSending, 'files sent again': again })
}, 180_000)
