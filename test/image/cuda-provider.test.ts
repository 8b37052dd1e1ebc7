import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repository } from '../fixtures/boot/podmate.ts'
import { temporaryFolder } from '../fixtures/state/temporary-folder.ts'

const script = join(repository, 'image/cuda-provider.sh')
const bin = 'node_modules/onnxruntime-node/bin/napi-v6/linux/x64'

/** An archive as onnxruntime's releases are, whose provider is linked with these libraries, which are not there. */
function archiveLinkedWith(libraries: readonly string[], folder: string): string {
  const lib = join(folder, 'onnxruntime-linux-x64-gpu/lib')
  mkdirSync(lib, { recursive: true })
  const gcc = (...words: readonly string[]) => execFileSync('gcc', ['-shared', '-fPIC', '-x', 'c', ...words])
  const source = join(folder, 'empty.c')
  writeFileSync(source, 'int nothing;\n')
  const stubs = libraries.map((name) => {
    const stub = join(folder, name)
    gcc(source, `-Wl,-soname,${name}`, '-o', stub)
    return stub
  })
  const linked = ['-x', 'none', '-Wl,--no-as-needed', ...stubs]
  gcc(source, '-o', join(lib, 'libonnxruntime_providers_cuda.so'), ...linked)
  gcc(source, '-o', join(lib, 'libonnxruntime_providers_shared.so'))
  const archive = join(folder, 'archive.tgz')
  execFileSync('tar', ['-czf', archive, '-C', folder, 'onnxruntime-linux-x64-gpu'])
  return archive
}

/** Runs the step of the build where onnxruntime lies, on a base whose loader knows these libraries. */
function install(archive: string, folder: string, known: readonly string[]) {
  mkdirSync(join(folder, bin), { recursive: true })
  writeFileSync(join(folder, bin, 'libonnxruntime.so.1'), '')
  const loader = join(folder, 'ldconfig')
  writeFileSync(
    loader,
    `#!/bin/sh\n${known.map((name) => `echo "	${name} (libc6,x86-64) => /x"`).join('\n')}\n`,
  )
  chmodSync(loader, 0o755)
  const env = { PATH: `${folder}:/usr/bin:/bin:/sbin` }
  const { status, stdout, stderr } = spawnSync('/bin/sh', [script, archive], {
    cwd: folder,
    env,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

test('cuda-provider.sh names the libraries of CUDA that the base lacks, and fails', () => {
  const folder = temporaryFolder()
  const archive = archiveLinkedWith(['libcudart.so.12', 'libcuda.so.1', 'libcublas.so.12'], folder)
  const { status, stderr } = install(archive, folder, [])
  expect(status).toBe(1)
  expect(stderr).toContain('libcudart.so.12 libcublas.so.12 libcudnn.so.9\n')
  expect(stderr).not.toContain('libcuda.so')
})

test('cuda-provider.sh puts the provider beside onnxruntime when only the driver is missing', () => {
  const folder = temporaryFolder()
  const archive = archiveLinkedWith(['libcuda.so.1'], folder)
  expect(install(archive, folder, ['libcudnn.so.9'])).toMatchObject({ status: 0, stderr: '' })
  for (const name of ['cuda', 'shared'])
    expect(existsSync(join(folder, bin, `libonnxruntime_providers_${name}.so`))).toBe(true)
})

test('cuda-provider.sh does nothing without an archive', () => {
  expect(install('', temporaryFolder(), [])).toMatchObject({ status: 0 })
})
