import { materialise, sizeOf } from '../onnx/tensor.ts'
import { TensorRef } from '../pickle/pickle-value.ts'
import { isServed } from '../pickle/storage-numbers.ts'
import type { TorchArchive } from '../pickle/torch-archive.ts'
import type { Quality } from '../protocol.ts'

const names = {
  top1: ['val_top1', 'top1', 'val_accuracy', 'val_acc', 'accuracy'],
  val_loss: ['val_loss', 'best_val_loss', 'validation_loss', 'eval_loss'],
} as const
const largestStorage = 2 ** 20

/**
 * What a model's own record says of it, where it says anything. Each name may stand in `metrics`, in `runtime.metrics` or at
 * the top; in a checkpoint also as a tensor of one number, which `storage` reads.
 */
export async function qualityIn(
  record: unknown,
  storage?: TorchArchive['storage'],
): Promise<{ readonly quality?: Quality }> {
  const places = [entryOf(record, 'metrics'), entryOf(entryOf(record, 'runtime'), 'metrics'), record]
  const find = async (known: readonly string[], most: number) => {
    for (const value of places.flatMap((place) => known.map((name) => entryOf(place, name)))) {
      const number = value instanceof TensorRef && storage ? await numberIn(value, storage) : value
      if (typeof number === 'number' && number >= 0 && number <= most) return number
    }
    return undefined
  }
  const quality = { top1: await find(names.top1, 1), val_loss: await find(names.val_loss, Number.MAX_VALUE) }
  const said = Object.entries(quality).filter(([, value]) => value !== undefined)
  return said.length === 0 ? {} : { quality: Object.fromEntries(said) }
}

async function numberIn(tensor: TensorRef, storage: TorchArchive['storage']): Promise<number | undefined> {
  const { shape, dtype, storage: ref } = tensor
  if (sizeOf(shape) !== 1 || !isServed(dtype) || ref.count > largestStorage) return undefined
  return materialise(tensor, await storage(ref, dtype)).data[0]
}

/** Of what JSON and pickles call a dictionary. */
function entryOf(dictionary: unknown, name: string): unknown {
  if (dictionary instanceof Map) return dictionary.get(name)
  if (typeof dictionary !== 'object' || dictionary === null) return undefined
  return Object.entries(dictionary).find(([key]) => key === name)?.[1]
}
