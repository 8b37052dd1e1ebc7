import type { TrainingConfig } from './training-config.ts'

/**
 * The shell script that installs what a training needs and runs it: its exit code is that of the training. It holds nothing
 * of the configuration but what can be told by fixed words and a number. Pure.
 */
export function wrapper(config: TrainingConfig): string {
  const packages = packagesFor(config).map((name) => `'${name}'`)
  return `#!/usr/bin/env bash
# Written by podmate's make-training-script. As podmate's trainer: TRAIN_COMMAND='bash train.sh'
set -euo pipefail
cd "$(dirname "\${BASH_SOURCE[0]}")"
python="\${PYTHON:-$(command -v python3 || command -v python)}"
"$python" -c 'import torch' || { echo 'train.sh: PyTorch is not installed for this Python' >&2; exit 1; }
"$python" -m pip install --quiet --disable-pip-version-check ${packages.join(' ')}
exec "$python" ${launcher(config)}train.py "$@"
`
}

/** What a training needs beside PyTorch, as pip is told. Pure. */
export function packagesFor({
  quantization,
  optimizer,
  multi_gpu,
  report_to,
}: TrainingConfig): readonly string[] {
  const needsBits = quantization !== 'none' || optimizer.endsWith('_8bit')
  return [
    ...['transformers>=5.20,<6', 'peft>=0.18,<1', 'accelerate>=1.1,<2'],
    ...(needsBits ? ['bitsandbytes>=0.46'] : []),
    ...(multi_gpu === 'deepspeed' ? ['deepspeed>=0.17'] : []),
    ...report_to.toSorted(),
  ]
}

/** What stands before `train.py` for Python; empty for one process. Pure. */
export function launcher({ multi_gpu, gpus }: TrainingConfig): string {
  if (multi_gpu === 'none') return ''
  return `-m torch.distributed.run --standalone --nproc-per-node=${gpus ?? 'gpu'} `
}
