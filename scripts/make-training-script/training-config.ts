import { z } from 'zod'

export const architectures = ['llama', 'mistral', 'gpt', 'bert', 't5', 'phi', 'gemma'] as const

const text = z
  .string()
  .min(1)
  .refine((value) => value.isWellFormed() && !value.includes('\0'), 'must be text that UTF-8 can hold')
const count = z.int().min(1)
const share = z.number().min(0).max(0.9)
const switchedOff = z.boolean().default(false)

/** What the stages of a training may differ in. */
const perStage = {
  dataset: text.describe(
    'Rows as JSON or JSON Lines: a path, seen from train.py, or an http or https address',
  ),
  epochs: z.number().positive().default(3).describe('How often the dataset is gone through'),
  max_steps: count.optional().describe('Ends after so many steps, whatever `epochs` says'),
  batch_size: count.default(4).describe('Examples at a time, on each GPU'),
  learning_rate: z.number().positive().max(1).default(2e-4).describe('The highest learning rate'),
  warmup_steps: z.int().min(0).default(0).describe('Steps of rising learning rate'),
  max_length: z.int().min(8).default(1024).describe('Tokens of an example; what is longer is cut'),
}

const stage = z.strictObject({
  name: z.string().regex(/^\w[\w-]{0,39}$/, 'must be 1 to 40 letters, digits and _ -'),
  ...{ dataset: perStage.dataset.optional(), max_steps: perStage.max_steps },
  ...{ epochs: z.number().positive().optional(), batch_size: count.optional() },
  learning_rate: z.number().positive().max(1).optional(),
  ...{ warmup_steps: z.int().min(0).optional(), max_length: z.int().min(8).optional() },
})

/** Every field of a configuration, with what it does and its default. */
export const fields = z.strictObject({
  model: text.describe('The model: its name on the Hugging Face Hub, or a folder'),
  model_revision: text.optional().describe('A branch, tag or commit of it'),
  ...perStage,
  architecture: z
    .enum(['auto', ...architectures])
    .default('auto')
    .describe('What kind of model it is'),
  output_dir: text.default('/workspace/fine_tuned_model').describe('Where the trained model goes'),
  checkpoint_dir: text
    .optional()
    .describe(
      'Where checkpoints go (else CHECKPOINT_DIR, else /workspace/checkpoints); beside those of another training in a folder of its own there',
    ),
  stages: z
    .array(stage)
    .max(20)
    .default([])
    .refine(
      (list) => new Set(list.map(({ name }) => name)).size === list.length,
      'must have a different name each',
    )
    .describe('One training after another: a name each, and what differs from the fields above'),
  lora_r: count.max(1024).default(16).describe('The rank of the adapter'),
  lora_alpha: z.number().positive().default(32).describe('How strong the adapter is'),
  lora_dropout: share.default(0.05).describe('Dropout in the adapter'),
  lora_bias: z.enum(['none', 'all', 'lora_only']).default('none').describe('Which biases are trained'),
  target_modules: z.array(text).default([]).describe('Parts to adapt, if not those of the architecture'),
  quantization: z.enum(['none', '4bit', '8bit']).default('none').describe('Load the model in 4 or 8 bits'),
  precision: z.enum(['auto', 'bf16', 'fp16', 'fp32']).default('auto').describe('What is computed in'),
  gradient_accumulation_steps: count.default(1).describe('Batches before each step'),
  gradient_checkpointing: switchedOff.describe('Needs less memory, and more time'),
  optimizer: z
    .enum(['adamw_torch', 'adamw_torch_fused', 'adamw_8bit', 'paged_adamw_8bit', 'adafactor', 'sgd'])
    .default('adamw_torch')
    .describe('The optimizer'),
  lr_scheduler: z
    .enum(['cosine', 'linear', 'constant', 'constant_with_warmup'])
    .default('cosine')
    .describe('How the learning rate goes'),
  weight_decay: z.number().min(0).default(0).describe('Weight decay'),
  max_grad_norm: z.number().min(0).default(1).describe('Longer gradients are shortened to this; 0: never'),
  seed: z.int().min(0).max(0xffff_ffff).default(42).describe('Of everything that is random'),
  logging_steps: count.default(10).describe('Steps between two reports'),
  save_steps: z.int().min(0).default(0).describe('Steps between two checkpoints; 0: one after each epoch'),
  save_total_limit: count.default(3).describe('Checkpoints that are kept'),
  eval_share: share.default(0).describe('The share of the dataset that is held out to evaluate with'),
  early_stopping_patience: z
    .int()
    .min(0)
    .default(0)
    .describe('Evaluations without a better loss before it ends; 0: no limit'),
  metrics: z
    .array(z.enum(['perplexity', 'bleu', 'rouge']))
    .default([])
    .describe('What is measured beside the loss, on what is held out'),
  metrics_samples: count.default(50).describe('Prompts that are answered for BLEU and ROUGE'),
  multi_gpu: z.enum(['none', 'ddp', 'deepspeed', 'fsdp']).default('none').describe('How several GPUs share'),
  gpus: count.max(64).optional().describe('How many GPUs (else all)'),
  deepspeed_stage: z
    .int()
    .min(1)
    .max(3)
    .default(2)
    .describe('What DeepSpeed divides among them: 1 the optimizer, 2 also gradients'),
  merge_adapter: switchedOff.describe('Saves the whole model, not the adapter alone'),
  hf_repo: z
    .string()
    .regex(/^[\w.-]+\/[\w.-]+$/, 'must be like user/model')
    .optional()
    .describe('A model repository on the Hugging Face Hub that it is pushed to, with HF_TOKEN'),
  hf_private: z.boolean().default(true).describe('Whether a new repository is private'),
  rclone_remote: z
    .string()
    .regex(
      /^\w[\w .+@-]*:[^\0\n]*$/,
      "must be like s3:bucket/folder, with a remote of rclone's configuration",
    )
    .optional()
    .describe('A folder that rclone copies it to'),
  rclone_checkpoints: switchedOff.describe('Copies checkpoints there, too'),
  report_to: z
    .array(z.enum(['tensorboard', 'wandb']))
    .default([])
    .describe('Other programs that are told the numbers'),
  trust_remote_code: switchedOff.describe("Runs code of the model's repository"),
})

/** A configuration with every default filled in. */
export type TrainingConfig = z.output<typeof fields>
