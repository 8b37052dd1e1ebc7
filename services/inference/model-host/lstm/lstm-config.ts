import { ModelRefused } from '../model-refused.ts'
import type { PickleValue } from '../pickle/pickle-value.ts'
import type { FeatureInput } from './lstm-weights.ts'

/** Shapes of the tensors in a state dict, by name. */
export type Shapes = ReadonlyMap<string, readonly number[]>

/** An embedded feature: its graph input, its tensor, how many ids it has and how wide it is. */
export interface Feature {
  readonly input: FeatureInput
  readonly tensor: string
  readonly ids: number
  readonly width: number
}

export interface LstmConfig {
  readonly embed: number
  readonly hidden: number
  readonly layers: number
  /** In the order in which they follow the hidden state. */
  readonly features: readonly Feature[]
}

/** The embeddings a NextMoveLSTM may have, used or not; `used` is what an artifact means that does not say. */
export const featureTable = [
  {
    input: 'winner_ids',
    tensor: 'winner_embed.weight',
    ids: 4,
    key: 'use_winner',
    used: true,
    width: undefined,
  },
  {
    input: 'phase_ids',
    tensor: 'phase_embed.weight',
    ids: 4,
    key: 'use_phase',
    used: false,
    width: 'phase_embed_dim',
  },
  {
    input: 'side_to_move_ids',
    tensor: 'side_to_move_embed.weight',
    ids: 2,
    key: 'use_side_to_move',
    used: false,
    width: 'side_to_move_embed_dim',
  },
] as const

/** Reads `config`; what it does not say is taken from the tensors' shapes. */
export function lstmConfig(config: ReadonlyMap<PickleValue, PickleValue>, shapes: Shapes): LstmConfig {
  const size = (key: string | undefined, derived: number | undefined, what: string) => {
    const value = (key === undefined ? undefined : config.get(key)) ?? derived
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) {
      throw new ModelRefused(`its config gives no usable ${what}: ${key ?? 'the tensor'} is ${shown(value)}`)
    }
    return value
  }
  const layers = [...shapes.keys()].filter((name) => /^lstm\.weight_ih_l\d+$/.test(name)).length
  const used = featureTable.filter(({ key, used }) => flag(config, key, used))
  return {
    embed: size('embed_dim', shapes.get('token_embed.weight')?.[1], 'width of the embedding'),
    hidden: size('hidden_dim', shapes.get('lstm.weight_hh_l0')?.[1], 'width of the LSTM'),
    layers: size('num_layers', layers, 'number of layers'),
    features: used.map(({ input, tensor, ids, width }) => {
      return { input, tensor, ids, width: size(width, shapes.get(tensor)?.[1], `width of ${tensor}`) }
    }),
  }
}

function flag(config: ReadonlyMap<PickleValue, PickleValue>, key: string, byDefault: boolean): boolean {
  const value = config.get(key) ?? byDefault
  if (typeof value !== 'boolean')
    throw new ModelRefused(`its config says ${key} is ${shown(value)}; expected true or false`)
  return value
}

function shown(value: unknown): string {
  return typeof value === 'object' ? 'no plain value' : JSON.stringify(value ?? null)
}
