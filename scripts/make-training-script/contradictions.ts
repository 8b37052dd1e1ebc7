import type { TrainingConfig } from './training-config.ts'

/** What cannot go together in a configuration, one line each that begins with a field. Pure. */
export function contradictions(config: TrainingConfig): readonly string[] {
  const isSharded = config.multi_gpu === 'fsdp'
  const how = '`multi_gpu` fsdp'
  const texts = config.metrics.filter((name) => name !== 'perplexity')
  const isQuantized = config.quantization !== 'none'
  const rules: readonly (readonly [boolean, string])[] = [
    [
      config.eval_share === 0 && config.metrics.length > 0,
      'metrics: they need `eval_share`, such as 0.05, for there is nothing to measure them on',
    ],
    [
      config.eval_share === 0 && config.early_stopping_patience > 0,
      'early_stopping_patience: it needs `eval_share`, such as 0.05',
    ],
    [isQuantized && isSharded, `quantization: it does not go with ${how}`],
    [
      config.merge_adapter && isQuantized,
      'merge_adapter: it needs `quantization` none; merge the saved adapter later',
    ],
    [config.merge_adapter && isSharded, `merge_adapter: it does not go with ${how}`],
    [texts.length > 0 && isSharded, `metrics: ${texts.join(' and ')} do not go with ${how}`],
    [
      texts.length > 0 && config.architecture === 'bert',
      `metrics: ${texts.join(' and ')} need a model that writes; a BERT fills in words`,
    ],
    [
      config.deepspeed_stage === 3,
      'deepspeed_stage: 3 is not supported, for nobody has tried it with LoRA here; to divide the model itself, set `multi_gpu` fsdp',
    ],
    [
      config.rclone_checkpoints && config.rclone_remote === undefined,
      'rclone_checkpoints: it needs `rclone_remote`',
    ],
    [
      config.gpus !== undefined && config.multi_gpu === 'none',
      'gpus: it needs `multi_gpu` ddp, deepspeed or fsdp',
    ],
  ]
  return rules.filter(([isBroken]) => isBroken).map(([, line]) => line)
}
