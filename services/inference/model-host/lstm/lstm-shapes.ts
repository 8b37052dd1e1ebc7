import { ModelRefused } from '../model-refused.ts'
import { featureTable, type LstmConfig, type Shapes } from './lstm-config.ts'

const mostLayers = 64

/** The shape of every tensor that a NextMoveLSTM of this configuration has. */
export function expectedShapes({ embed, hidden, layers, features }: LstmConfig, vocabulary: number): Shapes {
  if (layers > mostLayers)
    throw new ModelRefused(`its config asks for ${layers} layers; at most ${mostLayers} are served`)
  const joined = features.reduce((sum, { width }) => sum + width, hidden)
  const shapes = new Map<string, readonly number[]>([
    ['token_embed.weight', [vocabulary, embed]],
    ['classifier.weight', [vocabulary, joined]],
    ['classifier.bias', [vocabulary]],
  ])
  for (const { tensor, ids, width } of features) shapes.set(tensor, [ids, width])
  for (let layer = 0; layer < layers; layer += 1) {
    shapes.set(`lstm.weight_ih_l${layer}`, [4 * hidden, layer === 0 ? embed : hidden])
    shapes.set(`lstm.weight_hh_l${layer}`, [4 * hidden, hidden])
    shapes.set(`lstm.bias_ih_l${layer}`, [4 * hidden])
    shapes.set(`lstm.bias_hh_l${layer}`, [4 * hidden])
  }
  return shapes
}

/** Refuses a missing, superfluous or differently shaped tensor by its name; embeddings that are not used may be there. */
export function checkShapes(found: Shapes, expected: Shapes): void {
  for (const [name, shape] of expected) {
    const actual = found.get(name)
    if (actual === undefined)
      throw new ModelRefused(`its state_dict lacks ${name}, expected with the shape [${shape}]`)
    if (`${actual}` !== `${shape}`) {
      throw new ModelRefused(
        `its tensor ${name} has the shape [${actual}]; config and vocab call for [${shape}]`,
      )
    }
  }
  const unused: readonly string[] = featureTable.map(({ tensor }) => tensor)
  for (const name of found.keys()) {
    if (expected.has(name) || unused.includes(name)) continue
    throw new ModelRefused(
      `its state_dict has ${JSON.stringify(name.slice(0, 100))}, which a NextMoveLSTM of its config does not have`,
    )
  }
}
