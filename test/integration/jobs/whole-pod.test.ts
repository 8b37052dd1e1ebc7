import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startWithoutModel } from '../../fixtures/boot/podmate.ts'
import { storedZip } from '../../fixtures/inference/stored-zip.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

const patient = { timeout: 60_000 }
const tell =
  'echo "job=$JOB_ID url=$METRICS_API_URL from=$(printenv RESUME_CHECKPOINT || echo nothing)"; test -n "$JOB_TOKEN"'
const zip = storedZip([{ name: 'archive/data.pkl', data: Buffer.alloc(300, 1) }])

function checkpoints(): string {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'run'))
  writeFileSync(join(folder, 'run/train_state.ckpt'), zip)
  writeFileSync(join(folder, 'run/half.ckpt'), zip.subarray(0, 200))
  return folder
}

describe('podmate', () => {
  test('gives its trainer a job, where to report to, and the newest whole checkpoint', async () => {
    const folder = checkpoints()
    const pod = startWithoutModel({ TRAIN_COMMAND: tell, CHECKPOINT_DIR: folder })
    const url = await pod.url()
    const line = await pod.line('job=')
    expect(line).toContain(`url=${url}/api/training/jobs from=${folder}/run/train_state.ckpt`)
    await expect.poll(() => pod.state('trainer'), patient).toBe('completed')
    const { jobs } = (await pod.ask('/api/training/jobs')).json()
    expect(jobs).toMatchObject([{ status: 'completed', command: tell, exit_code: 0 }])
    expect(line).toContain(`job=${jobs[0].id}`)
    expect((await pod.stop()).code).toBe(0)
  })

  test('gives the job of a control plane, and begins anew when it is asked to', async () => {
    const env = { JOB_ID: 'job-7', JOB_TOKEN: 'a-token-of-theirs', RESUME_CHECKPOINT: 'none' }
    const command = `${tell}; echo "token $JOB_TOKEN"`
    const pod = startWithoutModel({ TRAIN_COMMAND: command, CHECKPOINT_DIR: checkpoints(), ...env })
    expect(await pod.line('job=')).toMatch(/job=job-7 .* from=nothing/)
    expect(await pod.line('"msg":"token ')).toContain('token [redacted]')
    await expect.poll(() => pod.state('trainer'), patient).toBe('completed')
    expect(pod.messages().join('\n')).not.toMatch(/JOB_TOKEN withheld|a-token-of-theirs/)
  })

  test('makes no file of jobs where nothing is trained', async () => {
    const pod = startWithoutModel()
    await expect.poll(() => pod.state('jobs'), patient).toBe('ready')
    expect((await pod.ask('/api/training/jobs')).json()).toEqual({ jobs: [] })
    expect((await pod.ask('/api/training/jobs/none')).status).toBe(404)
    expect(existsSync(join(pod.stateDir, 'pod-of-a-test/jobs.sqlite'))).toBe(false)
  })
})
