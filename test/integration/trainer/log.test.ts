import { expect, it } from 'vitest'
import { startWithoutModel } from '../../fixtures/boot/podmate.ts'

it('keepTrainerLog() keeps what the trainer writes on the volume, by UTC date, up to its last line', async () => {
  const pod = startWithoutModel({
    TRAIN_COMMAND: 'trap "echo last words; exit 0" TERM; echo epoch 1 >&2; while :; do sleep 0.1; done',
  })
  const file = `logs/${new Date().toISOString().slice(0, 10)}/trainer.log`
  await pod.line('epoch 1')
  await expect
    .poll(() => pod.kept(file), { timeout: 60_000 })
    .toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z (log \w.*\n.*)*stderr epoch 1\n/)
  expect((await pod.stop()).code).toBe(0)
  expect(pod.kept(file)).toContain('stdout last words\n')
})
