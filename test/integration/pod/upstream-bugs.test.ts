import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startPodmate, startWithoutModel } from '../../fixtures/boot/podmate.ts'
import { writeFiles } from '../../fixtures/bootstrap/origin.ts'
import { ask } from '../../fixtures/http/ask.ts'
import { machine } from '../../fixtures/pod/machine.ts'
import { phasesOf } from '../../fixtures/pod/phases.ts'
import { wholePod } from '../../fixtures/pod/whole-pod.ts'
import { needsSshd } from '../../fixtures/sshd/run-ssh-pod.ts'
import { sshClient } from '../../fixtures/sshd/ssh-client.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

const patient = { timeout: 60_000 }

// The numbers are those of the list in scripts/accept/b/upstream-bugs.ts, which names the tests for the rest of it.
describe('podmate does not have bug', () => {
  test('1: the exit code of a phase that failed is lost', async () => {
    const pod = startWithoutModel({
      REPO_DIR: join(temporaryFolder(), 'repo'),
      REPO_URL: 'http://127.0.0.1:9/none.git',
      TRAIN_COMMAND: 'exit 7',
    })
    await expect.poll(() => pod.state('bootstrap'), patient).toBe('restarting')
    const { lastEnding } = (await pod.service('bootstrap')) ?? {}
    expect(lastEnding).toMatchObject({ ok: false, exitCode: expect.any(Number) })
    expect(await pod.service('trainer')).toMatchObject({
      state: 'blocked',
      reason: `bootstrap failed (${lastEnding?.reason})`,
    })
    await pod.stop()
    expect(phasesOf(pod, 'bootstrap')[0]).toMatchObject({
      status: 'error',
      exit_code: lastEnding?.exitCode,
    })
    expect(lastEnding?.exitCode).not.toBe(0)
  })

  test('1: a training that failed is a success for whoever looks at the pod', async () => {
    const pod = startWithoutModel({ TRAIN_COMMAND: 'if false; then true; fi; (exit 7)' })
    await expect.poll(() => pod.state('trainer'), patient).toBe('failed')
    await pod.stop()
    expect(phasesOf(pod, 'trainer').at(-1)).toMatchObject({ status: 'error', exit_code: 7 })
    const report = JSON.parse(pod.kept('last-shutdown.json'))
    expect(report.services.trainer).toMatchObject({ state: 'failed', exitCode: 7, reason: 'exit 7' })
  })

  test('4: a child that exits takes the pod with it, and a repository without a model is enough for that', async () => {
    const repo = temporaryFolder()
    mkdirSync(join(repo, 'artifacts'))
    writeFiles(repo, { 'artifacts/half.pt': 'PK', 'train.py': '' })
    const pod = startPodmate({
      ...{ REPO_DIR: repo, INFERENCE_API_MODEL_PATH: 'latest', TRAIN_COMMAND: 'exit 1' },
    })
    const url = await pod.url()
    await expect.poll(() => pod.state('trainer'), patient).toBe('failed')
    await expect.poll(() => pod.state('inference'), patient).toBe('ready')
    const { status, text } = await ask(url, { method: 'POST', path: '/infer', body: '{"context":["e2e4"]}' })
    expect([status, text]).toEqual([200, expect.stringContaining('best_legal')])
    expect((await ask(url, { path: '/healthz' })).json()).toMatchObject({ source: 'bundled' })
    expect(pod.process.exitCode).toBeNull()
  })

  test('10: every pod of an image has the same private host key', async ({ skip }) => {
    needsSshd({ skip })
    const client = sshClient()
    const keys: string[] = []
    for (const on of [await machine(), await machine()]) {
      const pod = await wholePod({}, { on, client })
      await expect.poll(() => pod.state('sshd'), patient).toBe('ready')
      keys.push((await client.run('ssh-keyscan', ['-p', `${pod.sshPort}`, '-t', 'ed25519', '127.0.0.1'])).out)
      await expect
        .poll(() => existsSync(join(pod.stateDir, 'pod-of-a-test/ssh_host_ed25519_key')), patient)
        .toBe(true)
      await pod.destroy()
    }
    const [one = '', other = ''] = keys.map((line) => line.trim().split(' ').at(-1))
    expect(one.length).toBeGreaterThan(40)
    expect(other.length).toBe(one.length)
    expect(other).not.toBe(one)
  })
})
