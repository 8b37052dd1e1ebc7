import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repository } from '../fixtures/boot/podmate.ts'
import { temporaryFolder } from '../fixtures/state/temporary-folder.ts'

const version = '2.9.1'

/** Writes a wheel into `folder`: a package with one line of Python. */
function wheel(folder: string, name: string, line = '', needs: readonly string[] = []): void {
  const parts = join(folder, `parts of ${name}`)
  const [code, info] = [join(parts, name), join(parts, `${name}-${version}.dist-info`)]
  for (const made of [code, info]) mkdirSync(made, { recursive: true })
  writeFileSync(join(code, '__init__.py'), `${line}\n`)
  const metadata = ['Metadata-Version: 2.1', `Name: ${name}`, `Version: ${version}`]
  writeFileSync(
    join(info, 'METADATA'),
    [...metadata, ...needs.map((need) => `Requires-Dist: ${need}`), ''].join('\n'),
  )
  writeFileSync(join(info, 'WHEEL'), 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n')
  writeFileSync(join(info, 'RECORD'), '')
  const file = join(folder, `${name}-${version}-py3-none-any.whl`)
  execFileSync('python3', ['-m', 'zipfile', '-c', file, code, info])
}

/** Runs the step of the build with the real pip, whose index has one build of PyTorch. */
function makeVenv(torch: string, built: { readonly cuda: string; readonly needs?: readonly string[] }) {
  const folder = temporaryFolder()
  const [index, venv, script] = [join(folder, 'index'), join(folder, 'venv'), join(folder, 'venv.sh')]
  mkdirSync(index)
  wheel(index, 'torch', `class version: cuda = ${built.cuda}`, built.needs)
  for (const name of built.needs ?? []) wheel(index, name.replaceAll('-', '_'))
  copyFileSync(join(repository, 'image/venv.sh'), script)
  writeFileSync(join(folder, 'python-packages.txt'), '')
  const { status, stderr } = spawnSync('/bin/sh', [script, venv, torch, version], {
    env: { ...process.env, PIP_NO_INDEX: '1', PIP_FIND_LINKS: index, CUDA_VERSION: '12.8.1' },
    encoding: 'utf8',
  })
  const packages = () =>
    readdirSync(join(venv, 'lib', readdirSync(join(venv, 'lib'))[0] ?? '', 'site-packages'))
  return { status, stderr, has: existsSync(venv) && packages().includes('torch') }
}

test('venv.sh cpu refuses a PyTorch that brings CUDA before it is there, and says what to give', () => {
  const { status, stderr, has } = makeVenv('cpu', { cuda: '"12.8"', needs: ['nvidia-cublas-cu12'] })
  expect({ status, stderr, has }).toEqual({
    status: 1,
    stderr: expect.stringMatching(/brings CUDA .*: set TORCH_INDEX to the index of CPU builds/),
    has: false,
  })
})

test('venv.sh cpu takes a build for the CPU, from whatever index', () => {
  expect(makeVenv('cpu', { cuda: 'None' })).toMatchObject({ status: 0, has: true })
})

test('venv.sh cpu fails when PyTorch itself turns out to be a build for CUDA', () => {
  const { status, stderr } = makeVenv('cpu', { cuda: '"12.8"' })
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('built for CUDA 12.8') })
})

test.each([
  ['"12.6"', 0, ''],
  ['"13.0"', 1, 'built for CUDA 13.0, the base has 12.8.1'],
  ['None', 1, 'built for the CPU, the base has 12.8.1'],
])('venv.sh cuda with a PyTorch of CUDA %s on a base of 12.8.1 ends with %i', (cuda, code, says) => {
  const { status, stderr } = makeVenv('cuda', { cuda, needs: ['nvidia-cublas-cu12'] })
  expect({ status, stderr }).toEqual({ status: code, stderr: expect.stringContaining(says) })
})

test('venv.sh refuses another word', () => {
  const { status, stderr } = makeVenv('gpu', { cuda: 'None' })
  expect({ status, stderr }).toEqual({ status: 1, stderr: 'TORCH must be cuda, cpu or none, not gpu\n' })
})
