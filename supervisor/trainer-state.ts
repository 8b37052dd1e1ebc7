const kinds = [
  '(?:optimizer|optim|scheduler|scaler|sampler|dataloader)(?:[_-]?states?(?:[_-]dict)?)?',
  '(?:rng|random|recipe)[_-]?states?',
  'training[_-]args',
].join('|')
const ofATrainer = new RegExp(
  `^(?:(?:lr|grad|amp|ema|model|pytorch)[_-])?(?:${kinds})(?:[_-]?(?:rank|step|epoch)?[_-]?\\d+)*\\.(?:pt|pth|bin|ckpt|pkl|npz|safetensors)$`,
  'i',
)
/** As DeepSpeed names what each process holds. */
const shard = /(?:^|_)zero_pp_rank_\d+_mp_rank_\d+_(?:optim|model)_states\.pt$|_optim_states\.pt$/i

/**
 * Whether a file, by its bare name, is what a trainer keeps to go on from, and no model: the state of an optimizer, a
 * schedule, loss scaling, random numbers, or the arguments. As torch, Hugging Face, Accelerate and DeepSpeed name them. Pure.
 */
export function isTrainerState(name: string): boolean {
  return ofATrainer.test(name) || shard.test(name)
}
