import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { repository } from '../fixtures/boot/podmate.ts'
import { temporaryFolder } from '../fixtures/state/temporary-folder.ts'

const script = join(repository, 'image/cuda-provider.sh')
const bin = 'node_modules/onnxruntime-node/bin/napi-v6/linux/x64'

const version = '1.30.0'

interface Provider {
  /** What it is linked with. */
  readonly libraries: readonly string[]
  readonly foreign?: boolean
  readonly version?: string
}

/** An archive as onnxruntime's releases are; what its provider is linked with is in `<folder>/libraries`. */
function archiveOf(plan: Provider, folder: string): string {
  const name = `onnxruntime-linux-x64-gpu_cuda12-${plan.version ?? version}`
  const [lib, stubs] = [join(folder, name, 'lib'), join(folder, 'libraries')]
  for (const made of [lib, stubs]) mkdirSync(made, { recursive: true })
  const gcc = (...words: readonly string[]) => execFileSync('gcc', ['-shared', '-fPIC', '-x', 'c', ...words])
  const source = join(folder, 'empty.c')
  writeFileSync(source, 'int nothing;\n')
  const linked = plan.libraries.map((library) => {
    gcc(source, `-Wl,-soname,${library}`, '-o', join(stubs, library))
    return join(stubs, library)
  })
  const provider = join(lib, 'libonnxruntime_providers_cuda.so')
  gcc(source, '-o', provider, '-x', 'none', '-Wl,--no-as-needed', ...linked)
  if (plan.foreign) writeFileSync(provider, ofAnotherMachine(readFileSync(provider)))
  gcc(source, '-o', join(lib, 'libonnxruntime_providers_shared.so'))
  const archive = join(folder, `${name}.tgz`)
  execFileSync('tar', ['-czf', archive, '-C', folder, name])
  return archive
}

/** The same library as if it were made for 64-bit RISC-V, which its header alone tells the loader. */
function ofAnotherMachine(library: Buffer): Buffer {
  library.writeUInt16LE(243, 18)
  return library
}

interface Base {
  /** Whether what the provider is linked with can be found. */
  readonly libraries: boolean
  readonly cudnn: boolean
}

/** Runs the step of the build where onnxruntime lies. */
function install(archive: string, folder: string, base: Base) {
  mkdirSync(join(folder, bin), { recursive: true })
  writeFileSync(join(folder, bin, 'libonnxruntime.so.1'), '')
  writeFileSync(join(folder, 'node_modules/onnxruntime-node/package.json'), JSON.stringify({ version }))
  const loader = join(folder, 'ldconfig')
  const known = base.cudnn ? 'echo "	libcudnn.so.9 (libc6,x86-64) => /x"' : ''
  writeFileSync(loader, `#!/bin/sh\n${known}\n`)
  chmodSync(loader, 0o755)
  const { status, stdout, stderr } = spawnSync('/bin/sh', [script, archive], {
    cwd: folder,
    env: {
      PATH: `${folder}:${dirname(process.execPath)}:/usr/bin:/bin:/sbin`,
      ...(base.libraries && { LD_LIBRARY_PATH: join(folder, 'libraries') }),
    },
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

const whole: Base = { libraries: true, cudnn: true }

test('cuda-provider.sh names the libraries of CUDA that the base lacks, and fails', () => {
  const folder = temporaryFolder()
  const archive = archiveOf({ libraries: ['libcudart.so.12', 'libcuda.so.1', 'libcublas.so.12'] }, folder)
  const { status, stderr } = install(archive, folder, { libraries: false, cudnn: false })
  expect(status).toBe(1)
  expect(stderr).toContain('libcudart.so.12 libcublas.so.12 libcudnn.so.9\n')
  expect(stderr).not.toContain('libcuda.so')
})

test('cuda-provider.sh puts the provider beside onnxruntime when only the driver is missing', () => {
  const folder = temporaryFolder()
  const archive = archiveOf({ libraries: ['libcuda.so.1', 'libcudart.so.12'] }, folder)
  rmSync(join(folder, 'libraries/libcuda.so.1'))
  expect(install(archive, folder, whole)).toMatchObject({
    ...{ status: 0, stdout: 'CUDA provider: 1 CUDA libraries found\n', stderr: '' },
  })
  for (const name of ['cuda', 'shared'])
    expect(existsSync(join(folder, bin, `libonnxruntime_providers_${name}.so`))).toBe(true)
})

test('cuda-provider.sh fails with a provider for another kind of processor', () => {
  const folder = temporaryFolder()
  const archive = archiveOf({ libraries: ['libcudart.so.12'], foreign: true }, folder)
  const { status, stderr } = install(archive, folder, whole)
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: expect.stringMatching(/cannot be loaded on \S+:/),
  })
})

test('cuda-provider.sh fails with a provider that is linked with nothing of CUDA', () => {
  const folder = temporaryFolder()
  const { status, stderr } = install(archiveOf({ libraries: [] }, folder), folder, whole)
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('no CUDA library') })
})

test('cuda-provider.sh fails with the archive of another version than onnxruntime-node is', () => {
  const folder = temporaryFolder()
  const archive = archiveOf({ libraries: ['libcudart.so.12'], version: '1.29.1' }, folder)
  const { status, stderr } = install(archive, folder, whole)
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(/1\.29\.1.*1\.30\.0/) })
})

test('cuda-provider.sh does nothing without an archive', () => {
  expect(install('', temporaryFolder(), whole)).toMatchObject({ status: 0 })
})
