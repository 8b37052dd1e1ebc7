/** What keeps a GPU from running a model. */
export type GpuProblemKind =
  | 'provider-missing'
  | 'provider-damaged'
  | 'cuda-version'
  | 'cudnn-missing'
  | 'cudnn-version'
  | 'no-device'
  | 'driver'
  | 'index'
  | 'out-of-memory'
  | 'architecture'
  | 'busy'
  | 'device-lost'

/** A failure that was recognised, as a sentence with the remedy. */
export interface GpuProblem {
  readonly kind: GpuProblemKind
  readonly text: string
}

interface Entry {
  readonly kind: GpuProblemKind
  readonly says: RegExp
  /** `$1` is what the first group of `says` found. */
  readonly text: string
}

const provider = 'onnxruntime-node does not install it by itself: use the podmate image with CUDA'

// The first that matches counts. What each text looks like in full is in test/unit/inference/gpu-problems.test.ts.
const table: readonly Entry[] = [
  {
    kind: 'provider-missing',
    says: /(libonnxruntime_providers_\w+\.so): cannot open shared object file/,
    text: `$1, the CUDA part of onnxruntime, is not there; ${provider}`,
  },
  {
    kind: 'cudnn-missing',
    says: /cuDNN is (?:not available|unavailable)|(libcudnn[\w.]*): cannot open shared object file|Could not load library (libcudnn[\w.]*)/,
    text: 'cuDNN 9, which runs LSTM layers on a GPU, is not there; use an image whose name has "cudnn" in it, or install libcudnn9-cuda-12 where LD_LIBRARY_PATH finds it',
  },
  {
    kind: 'cuda-version',
    says: /(lib(?:cudart|cublas|cublasLt|cufft|curand|nvrtc)\.so\.\d+): cannot open shared object file/,
    text: '$1 is not there: this onnxruntime was built for the CUDA version at the end of that name; use an image with that CUDA version, or add its libraries to LD_LIBRARY_PATH',
  },
  {
    kind: 'provider-damaged',
    says: /(libonnxruntime_providers_\w+\.so): (?:invalid ELF header|file too short|undefined symbol|wrong ELF class)/,
    text: '$1 is damaged or of another version of onnxruntime; copy it again from the release of the same version',
  },
  {
    kind: 'cudnn-version',
    says: /CUDNN_STATUS_(?:SUBLIBRARY_)?VERSION_MISMATCH|CUDNN_STATUS_SUBLIBRARY_LOADING_FAILED|dlsym failed for cudnn|CUDNN_STATUS_ARCH_MISMATCH/,
    text: 'the cuDNN that was found is not the one that onnxruntime was built for (9); remove the other one from LD_LIBRARY_PATH, a pip package of torch often brings it',
  },
  {
    kind: 'driver',
    says: /CUDA driver version is insufficient|cudaErrorInsufficientDriver|forward compatibility was attempted on non supported HW|system has unsupported display driver/,
    text: "the host's NVIDIA driver is too old for the CUDA version of this image (CUDA 12 needs 525 or newer, CUDA 13 needs 580); rent a host with a newer driver, or use an image with an older CUDA",
  },
  {
    kind: 'index',
    says: /invalid device ordinal|cudaErrorInvalidDevice\b/,
    text: 'there is no GPU of this number; `nvidia-smi -L` lists them, counted from 0, and CUDA_VISIBLE_DEVICES may hide some',
  },
  {
    kind: 'no-device',
    says: /no CUDA-capable device is detected|cudaErrorNoDevice\b|CUDA_ERROR_NO_DEVICE/,
    text: 'no GPU is visible here; start the container with a GPU (`--gpus all`), and see that CUDA_VISIBLE_DEVICES and NVIDIA_VISIBLE_DEVICES do not hide it',
  },
  {
    kind: 'out-of-memory',
    says: /CUDA failure 2: out of memory|cudaErrorMemoryAllocation|Failed to allocate memory for requested buffer|CU(?:BLAS|DNN)_STATUS_ALLOC_FAILED|CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED/,
    text: 'its memory is full, probably because of the trainer (`nvidia-smi` shows who holds it); leave some free there, for example by a smaller batch, or set INFERENCE_API_DEVICE=cpu',
  },
  {
    kind: 'architecture',
    says: /no kernel image is available|cudaErrorNoKernelImageForDevice|CUDNN_STATUS_NOT_SUPPORTED_ARCH_MISMATCH/,
    text: 'this onnxruntime has no code for a GPU of this generation; rent another GPU, or use an image with an onnxruntime that was built for it',
  },
  {
    kind: 'busy',
    says: /all CUDA-capable devices are busy or unavailable|cudaErrorDevicesUnavailable|system not yet initialized/,
    text: 'another process holds it alone (compute mode EXCLUSIVE), or its host is still starting; wait, or set INFERENCE_API_DEVICE=cpu',
  },
  {
    kind: 'device-lost',
    says: /CUDA failure (?:46|700|702|709|710|716|719|999|101\d): |an illegal memory access was encountered|unspecified launch failure|uncorrectable ECC error|CUDNN_STATUS_EXECUTION_FAILED/,
    text: 'it stopped working while it was used (`dmesg` and `nvidia-smi -q` say more); if that comes again, rent another host',
  },
  {
    kind: 'cudnn-missing',
    says: /CUDNN_STATUS_NOT_INITIALIZED/,
    text: 'cuDNN 9 cannot be started: it is not there, it is of another version, or the memory of the GPU is full (`nvidia-smi` shows who holds it)',
  },
  {
    kind: 'provider-missing',
    says: /Failed to load shared library/,
    text: `the CUDA part of onnxruntime cannot be loaded; ${provider}`,
  },
]

/** What a message of onnxruntime, CUDA or the loader of libraries means; undefined when it is not about the GPU. Pure. */
export function gpuProblem(message: string): GpuProblem | undefined {
  for (const { kind, says, text } of table) {
    const match = says.exec(message)
    if (match) return { kind, text: text.replace('$1', match[1] ?? '') }
  }
  return undefined
}

/** The same as a sentence in every case: what is not recognised is quoted. Pure. */
export function gpuProblemText(message: string): string {
  return gpuProblem(message)?.text ?? message.slice(0, 300)
}
