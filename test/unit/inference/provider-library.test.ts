import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { gpuProblem } from '../../../services/inference/model-host/device/gpu-problems.ts'
import { providerLibraryProblem } from '../../../services/inference/model-host/device/provider-library.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'podmate-provider-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const shared = 'libonnxruntime_providers_shared.so'
const cuda = 'libonnxruntime_providers_cuda.so'

/** A library of one function; `needs` is another one that it cannot do without. */
function library(name: string, ...needs: readonly string[]): void {
  writeFileSync(join(folder, 'code.c'), 'int answer(void) { return 42; }\n')
  const build = (file: string, options: readonly string[]) =>
    execFileSync('gcc', ['-shared', '-fPIC', '-o', join(folder, file), join(folder, 'code.c'), ...options])
  for (const other of needs) build(other, [`-Wl,-soname,${other}`])
  build(name, ['-Wl,--no-as-needed', ...needs.map((other) => join(folder, other))])
  for (const other of needs) rmSync(join(folder, other))
}

test('providerLibraryProblem() names the library that is not installed', () => {
  const problem = providerLibraryProblem(folder) ?? ''
  expect(problem).toContain(`${shared}: cannot open shared object file`)
  expect(gpuProblem(problem)?.kind).toBe('provider-missing')
})

test('providerLibraryProblem() tells a damaged one', () => {
  writeFileSync(
    join(folder, shared),
    'this is no library, but it is long enough to be read as the head of one'.repeat(4),
  )
  expect(gpuProblem(providerLibraryProblem(folder) ?? '')?.kind).toBe('provider-damaged')
})

const noCompiler =
  process.platform === 'linux' && spawnSync('gcc', ['--version']).error === undefined
    ? undefined
    : 'gcc is not installed'

test('providerLibraryProblem() names the CUDA library that the provider asks for in vain, and is content with what loads', (context) => {
  if (noCompiler) return context.skip(noCompiler)
  library(shared)
  library(cuda, 'libcublasLt.so.99')
  const problem = providerLibraryProblem(folder) ?? ''
  expect(problem).toContain('libcublasLt.so.99: cannot open shared object file')
  expect(gpuProblem(problem)).toMatchObject({
    kind: 'cuda-version',
    text: expect.stringContaining('libcublasLt.so.99'),
  })
  library(cuda)
  expect(providerLibraryProblem(folder)).toBeUndefined()
})
