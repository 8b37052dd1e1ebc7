import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'

const libraries = ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so']

/**
 * Why the CUDA part of onnxruntime cannot be loaded, in the words of the system's loader; undefined when it can. onnxruntime
 * itself throws no more than "Failed to load shared library": ask this afterwards.
 */
export function providerLibraryProblem(folder = onnxruntimeFolder()): string | undefined {
  for (const name of libraries) {
    const problem = loadProblem(join(folder, name))
    if (problem !== undefined) return problem
  }
  return undefined
}

function loadProblem(path: string): string | undefined {
  try {
    process.dlopen({ exports: {} }, path, constants.dlopen.RTLD_NOW | constants.dlopen.RTLD_GLOBAL)
    return undefined
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    // It is a library, but no module of Node's, which is as it has to be.
    return message.startsWith('Module did not self-register') ? undefined : message
  }
}

function onnxruntimeFolder(): string {
  const bin = join(dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json')), 'bin')
  return join(bin, readdirSync(bin)[0] ?? '', process.platform, process.arch)
}
