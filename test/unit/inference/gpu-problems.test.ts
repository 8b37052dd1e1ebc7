import { describe, expect, test } from 'vitest'
import { gpuProblem, gpuProblemText } from '../../../services/inference/model-host/device/gpu-problems.ts'

const call =
  '/onnxruntime_src/onnxruntime/core/providers/cuda/cuda_call.cc:129 std::conditional_t<THRW, void, onnxruntime::common::Status> onnxruntime::CudaCall(...) '
const where = (expr: string) =>
  ` ; GPU=0 ; hostname=pod ; file=/onnxruntime_src/x.cc ; line=182 ; expr=${expr};`
const node = "Non-zero status code returned while running LSTM node. Name:'lstm0' Status Message: "
const load = (library: string, error: string) =>
  `Failed to load library ${library} with error: ${error}: cannot open shared object file: No such file or directory`

// As onnxruntime 1.19 to 1.30, CUDA 12 and 13 and the loader word them.
const seen: readonly (readonly [string, string, string])[] = [
  [
    load('/app/libonnxruntime_providers_shared.so', '/app/libonnxruntime_providers_shared.so'),
    'provider-missing',
    'libonnxruntime_providers_shared.so, the CUDA part of onnxruntime, is not there',
  ],
  [
    '/app/libonnxruntime_providers_cuda.so: cannot open shared object file: No such file or directory',
    'provider-missing',
    'use the podmate image with CUDA',
  ],
  [
    load('/app/libonnxruntime_providers_cuda.so', 'libcublasLt.so.12'),
    'cuda-version',
    'libcublasLt.so.12 is not there',
  ],
  [
    'libcudart.so.13: cannot open shared object file: No such file or directory',
    'cuda-version',
    'libcudart.so.13',
  ],
  [
    load('/app/libonnxruntime_providers_cuda.so', 'libcudnn.so.9'),
    'cudnn-missing',
    'an image whose name has "cudnn"',
  ],
  [
    `${node}cuDNN is not available. Install cuDNN, update the system library search path, or set enable_cudnn=0 to force native CUDA paths where available.`,
    'cudnn-missing',
    'runs LSTM layers on a GPU',
  ],
  [
    `${node}dlopen failed for libcudnn.so: libcudnn.so: cannot open shared object file: No such file or directory`,
    'cudnn-missing',
    'cuDNN 9',
  ],
  [
    `${call}CUDNN failure 1001: CUDNN_STATUS_NOT_INITIALIZED${where('cudnnCreate(&handle)')}`,
    'cudnn-missing',
    'cannot be started',
  ],
  [
    `${call}CUDNN failure 1002: CUDNN_STATUS_SUBLIBRARY_VERSION_MISMATCH${where('cudnnCreate')}`,
    'cudnn-version',
    'not the one',
  ],
  ['/app/libonnxruntime_providers_cuda.so: invalid ELF header', 'provider-damaged', 'copy it again'],
  [
    `${call}CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version${where('cudaSetDevice(info_.device_id)')}`,
    'driver',
    'CUDA 13 needs 580',
  ],
  [
    `${call}CUDA failure 100: no CUDA-capable device is detected${where('cudaSetDevice')}`,
    'no-device',
    '--gpus all',
  ],
  [
    `${call}CUDA failure 101: invalid device ordinal${where('cudaSetDevice(info_.device_id)')}`,
    'index',
    'nvidia-smi -L',
  ],
  [
    `${call}CUDA failure 2: out of memory${where('cudaStreamCreateWithFlags(&stream)')}`,
    'out-of-memory',
    'the trainer',
  ],
  [
    `${node}/onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:376 void* onnxruntime::BFCArena::AllocateRawInternal(size_t, bool, onnxruntime::Stream*) Failed to allocate memory for requested buffer of size 13111296`,
    'out-of-memory',
    'INFERENCE_API_DEVICE=cpu',
  ],
  [
    `${call}CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED${where('cublasCreate(&cublas_handle_)')}`,
    'out-of-memory',
    'full',
  ],
  [
    `${node}CUDA error cudaErrorNoKernelImageForDevice:no kernel image is available for execution on the device`,
    'architecture',
    'GPU of this generation',
  ],
  [
    `${call}CUDA failure 46: all CUDA-capable devices are busy or unavailable${where('cudaSetDevice')}`,
    'busy',
    'compute mode EXCLUSIVE',
  ],
  [
    `${call}CUDA failure 700: an illegal memory access was encountered${where('cudaMemcpy')}`,
    'device-lost',
    'dmesg',
  ],
  [
    'OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library',
    'provider-missing',
    'the CUDA part of onnxruntime cannot be loaded',
  ],
]

describe('gpuProblem()', () => {
  test.each(seen)('knows %s', (message, kind, says) => {
    expect(gpuProblem(message)).toMatchObject({ kind, text: expect.stringContaining(says) })
  })

  test('says a remedy in one sentence, without a trace of the source code', () => {
    for (const [message] of seen) {
      const { text = '' } = gpuProblem(message) ?? {}
      expect(text).not.toMatch(/onnxruntime_src|\$1|\n/)
      expect(text).toMatch(/;|:/)
    }
  })

  test.each([
    'it gives every move the same score',
    'Protobuf parsing failed.',
    'its entry "data/0" is damaged: the checksum differs',
  ])('takes nothing for the GPU that is the file: %s', (message) => {
    expect(gpuProblem(message)).toBeUndefined()
  })
})

test('gpuProblemText() quotes what nobody has seen before, cut to a few lines', () => {
  expect(gpuProblemText('CUDA failure 4242: surprise')).toBe('CUDA failure 4242: surprise')
  expect(gpuProblemText('x'.repeat(5000))).toHaveLength(300)
})
