import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { trainingRow } from '../../../scripts/gpu-check/training.ts'
import { startProgram } from '../../fixtures/http/run-program.ts'
import { loraPython, noLora } from '../../fixtures/lora/tiny-training.ts'
import { temporaryFolder } from '../../fixtures/state/temporary-folder.ts'

const program = 'scripts/gpu-check.ts'
const noPython = ['--python', '/no/such/python'] as const
const hasGpu = readdirSync('/dev').some((name) => /^nvidia\d+$/.test(name))

test('says for each row that there is no GPU, and exits with 3', async () => {
  const { code, out } = await startProgram(program, noPython, { PATH: temporaryFolder() }).ended
  const rows = out.split('\n').slice(2, -3)
  expect(code).toBe(hasGpu ? 1 : 3)
  expect(rows).toHaveLength(11)
  if (!hasGpu) for (const row of rows) expect(row).toMatch(/ {2}not tried {2}no GPU$/)
})

test('says what fails with a GPU that only nvidia-smi knows, and exits with 1', async () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'bin'))
  const said = '#!/bin/sh\necho "0, NVIDIA A40, 570.86.15, 46068 MiB, 8.6"\n'
  writeFileSync(join(folder, 'bin/nvidia-smi'), said, { mode: 0o755 })
  const PATH = `${join(folder, 'bin')}:${process.env.PATH}`
  const { code, out } = await startProgram(program, [...noPython, '--json'], { PATH }).ended
  expect(code).toBe(hasGpu ? 0 : 1)
  const { rows } = JSON.parse(out)
  expect(rows[0]).toMatchObject({ state: 'holds', fact: expect.stringContaining('NVIDIA A40, 570.86.15') })
  if (!hasGpu)
    expect(rows.slice(1, 3)).toMatchObject([
      {
        name: 'onnxruntime on CUDA:0',
        state: 'FAILED',
        fact: expect.stringContaining('INFERENCE_API_DEVICE=cuda:0'),
      },
      { name: '/infer on CUDA and CPU:0', state: 'not tried' },
    ])
  expect(rows.at(-1)).toMatchObject({ state: 'not tried', fact: expect.stringContaining('/no/such/python') })
})

test('compares the model of a device with that of the CPU', async () => {
  const { code, out } = await startProgram(program, ['--inference', 'cpu']).ended
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject([
    { state: 'holds' },
    { state: 'holds', fact: expect.stringMatching(/^differs by .*same first move in 64 of 64/) },
  ])
})

test('does two steps of a generated script', { timeout: 600_000 }, async ({ skip }) => {
  const python = loraPython()
  if (python === undefined) return skip(noLora)
  const env = { ...process.env, CUDA_VISIBLE_DEVICES: '', OMP_NUM_THREADS: '1' }
  const row = await trainingRow({ name: 'on the CPU', config: {} }, python, env)
  expect(row).toMatchObject({ state: 'holds', fact: expect.stringMatching(/^2 steps in \d+ s/) })
})
