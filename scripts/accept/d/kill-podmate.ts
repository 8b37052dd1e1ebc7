import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pause } from '../../../supervisor/time.ts'
import { startHub, tokens } from '../../../test/fakes/hub.ts'
import { random } from '../../../test/fixtures/chaos/random.ts'
import type { Line } from '../line.ts'
import { startPod } from '../start-pod.ts'
import { differences, isSending, repetitions } from './compare-hub.ts'
import { until } from './until.ts'

/** Kills the whole of podmate at random moments while files come and change; the last one is stopped in order. */
async function killPodmate(kills: number, fileBytes: number, seed: number) {
  const next = random(seed)
  const folder = await mkdtemp(join(tmpdir(), 'podmate-kills-'))
  const files = join(folder, 'files')
  await mkdir(files)
  // Whole files, so that what was sent twice is counted in files.
  await using hub = await startHub({ multipartAboveBytes: 1e12 })
  hub.faults.add({ fault: 'slow', bytesPerSecond: 30_000_000, on: ['put', 'put-part'], times: 'always' })
  const variables = {
    ...{ HF_REPO_ID: 'pod/run', HF_TOKEN: tokens.write, HF_ENDPOINT: hub.url, HF_SYNC_SOURCE_DIR: files },
    ...{ HF_SYNC_SETTLE_SECONDS: '0', HF_SYNC_DEBOUNCE_SECONDS: '0', HF_SYNC_COMMITS_PER_HOUR: '120' },
    ...{ POD_STATE_DIR: join(folder, 'state'), RUNPOD_POD_ID: 'killed', START_INFERENCE_API: '0' },
  }
  try {
    let whileSending = 0
    for (let round = 0; round < kills; round += 1) {
      await writeFile(join(files, `metrics-${round % 3}.json`), JSON.stringify({ round, noise: next() }))
      await writeFile(join(files, `step-${round}.pt`), randomBytes(fileBytes))
      const pod = await startPod(variables)
      await pause(500 + 2000 * next())
      if (isSending(hub)) whileSending += 1
      pod.process.kill('SIGKILL')
      await pod.end()
    }
    const last = await startPod(variables)
    // Its flush would take back what it is sending then: that is no repetition because of a kill.
    const checkpoints = Array.from({ length: kills }, (_, round) => `step-${round}.pt`)
    const isThere = (name: string) => hub.repo('pod/run').files.has(name)
    await until(() => checkpoints.every(isThere) && !isSending(hub), 120_000)
    await last.end()
    return { kills, whileSending, differing: await differences(hub, files), ...repetitions(hub) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** 10 times, with files of 30 MB. */
export const killPodmateLine: Line = {
  title: 'kill -9 of podmate at 10 random moments',
  async check() {
    const { kills, whileSending, differing, afterStored, again } = await killPodmate(10, 30_000_000, 11)
    return [
      { fact: `${kills} kills, ${whileSending} of them amid a transfer`, holds: whileSending > 0 },
      { fact: `differences: ${differing.join(', ') || 'none'}`, holds: differing.length === 0 },
      { fact: `${afterStored} stored objects sent again`, holds: afterStored === 0 },
      { fact: `${again} unfinished transfers repeated`, holds: again <= kills },
    ]
  },
}
