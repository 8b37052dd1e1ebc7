import { expect, test } from 'vitest'
import { isTrainerState } from '../../../supervisor/trainer-state.ts'

test.for([
  'optimizer.pt',
  'optimizer.bin',
  'optimizer_1.bin',
  'optimizer-rank0.pt',
  'optim_state_dict.pt',
  'scheduler.pt',
  'lr_scheduler.pth',
  'scaler.pt',
  'grad_scaler.PT',
  'rng_state.pth',
  'rng_state_0.pth',
  'random_states_0.pkl',
  'sampler.bin',
  'training_args.bin',
  'recipe_state.pt',
  'zero_pp_rank_0_mp_rank_00_model_states.pt',
  'bf16_zero_pp_rank_0_mp_rank_00_optim_states.pt',
])('isTrainerState() knows %s', (name) => {
  expect(isTrainerState(name)).toBe(true)
})

test.for([
  'model.pt',
  'best.pt',
  'training.pt',
  'training_state.pt',
  'trainer_state.pt',
  'random.pt',
  'state.pt',
  'optimizer.json',
  'trainer_state.json',
  'lstm-cosine_scheduler.pt',
  'scheduler-free.pt',
  'optimized.pt',
  'optimal.onnx',
  'mp_rank_00_model_states.pt',
  'pytorch_model.bin',
  'adapter_model.safetensors',
])('isTrainerState() takes %s for no such file', (name) => {
  expect(isTrainerState(name)).toBe(false)
})
