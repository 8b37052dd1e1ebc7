import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startWithoutModel } from '../../fixtures/boot/podmate.ts'
import { podctl } from '../../fixtures/http/run-program.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

const timeout = 20_000

test('podctl why begins with what is wrong, and tells how training ended and what that leads to', async () => {
  const pod = startWithoutModel({
    ...{ BUDGET_USD: 'ten', MAX_LIFETIME_SECONDS: '7200', AUTOSTOP_ACTION: 'exit' },
    ...{ TRAIN_COMMAND: 'exit 3', TRAIN_ON_FINISH: 'success=keep,failure=stop' },
  })
  await expect.poll(() => pod.state('trainer'), { timeout }).toBe('failed')
  const env = { PODMATE_SOCKET: await pod.socket() }
  await expect
    .poll(async () => (await podctl(['why'], env)).out, { timeout })
    .toContain('Training has failed (exit 3), and TRAIN_ON_FINISH is stop for that.')
  const { code, out } = await podctl(['why'], env)
  expect(code).toBe(0)
  expect(out).toMatch(/^PROBLEM: BUDGET_USD must be an amount.*Until then it counts as unset\.$/m)
  expect(out).toMatch(/^trainer +quiet +.*exit 3/m)
  expect((await pod.service('trainer'))?.lastEnding).toMatchObject({ ok: false, exitCode: 3 })

  const held = await podctl(['hold', '3h', '--why', 'lunch'], env)
  expect([held.code, held.out]).toEqual([0, expect.stringMatching(/\(in 3 h 0 m\): lunch\n$/)])
  expect(held.err).toMatch(/^MAX_LIFETIME_SECONDS stops it before that, at .*: no hold changes that\.\n$/)
  await expect.poll(async () => (await podctl(['why'], env)).out, { timeout }).toMatch(/^hold +active/m)
  expect(await podctl(['release'], env)).toMatchObject({ code: 0, out: 'Nothing holds the pod.\n' })
  expect(await pod.stop()).toMatchObject({ code: 0 })
  expect(pod.kept('autostop.jsonl')).toContain('"event":"told-to-end"')
}, 180_000)

test('podctl why says that nothing stops a laptop, and hold exits 1 there', async () => {
  const pod = startWithoutModel({ RUNPOD_POD_ID: '' })
  const env = { PODMATE_SOCKET: await pod.socket() }
  const why = await podctl(['why'], env)
  expect([why.code, why.out]).toEqual([0, expect.stringMatching(/^Nothing stops this pod by itself: .+\.\n/)])
  const held = await podctl(['hold', '1h'], env)
  expect([held.code, held.out]).toEqual([1, ''])
  expect(held.err).toContain('so there is nothing to hold it against')
  await pod.stop()
}, 180_000)

test('a pod that boots finished says so, runs nothing, and waits for its owner', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'train.sh'), 'echo it ran\n')
  const env = {
    ...{ TRAIN_COMMAND: 'sh $REPO_DIR/train.sh', TRAIN_ON_FINISH: 'stop', AUTOSTOP_ACTION: 'none' },
    ...{ REPO_DIR: folder, POD_STATE_DIR: join(folder, 'state'), IDLE_COUNTDOWN_SECONDS: '1' },
  }
  const first = startWithoutModel(env)
  await expect.poll(() => first.state('trainer'), { timeout }).toBe('completed')
  await first.stop()
  const second = startWithoutModel(env)
  await expect.poll(() => second.state('trainer'), { timeout }).toBe('completed')
  const socket = { PODMATE_SOCKET: await second.socket() }
  await expect
    .poll(async () => (await podctl(['why'], socket)).out, { timeout })
    .toContain('Training had completed before this start, and TRAIN_ON_FINISH is stop for that.')
  expect((await podctl(['why'], socket)).out).not.toContain('It is stopping')
  await second.stop()
  expect(second.messages('trainer')).not.toContain('it ran')
}, 180_000)
