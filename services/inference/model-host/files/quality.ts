import type { Quality } from '../protocol.ts'

const names = {
  top1: ['val_top1', 'top1', 'val_accuracy', 'val_acc', 'accuracy'],
  val_loss: ['val_loss', 'best_val_loss', 'validation_loss', 'eval_loss'],
} as const

/** What a model's own record says of it, where it says anything. Each name may stand in `metrics`, in `runtime.metrics` or at the top. */
export function qualityIn(record: unknown): { readonly quality?: Quality } {
  const places = [entryOf(record, 'metrics'), entryOf(entryOf(record, 'runtime'), 'metrics'), record]
  const find = (known: readonly string[], most: number) =>
    places
      .flatMap((place) => known.map((name) => entryOf(place, name)))
      .find((value) => typeof value === 'number' && value >= 0 && value <= most)
  const quality = { top1: find(names.top1, 1), val_loss: find(names.val_loss, Number.MAX_VALUE) }
  const said = Object.entries(quality).filter(([, value]) => value !== undefined)
  return said.length === 0 ? {} : { quality: Object.fromEntries(said) }
}

/** Of what JSON and pickles call a dictionary. */
function entryOf(dictionary: unknown, name: string): unknown {
  if (dictionary instanceof Map) return dictionary.get(name)
  if (typeof dictionary !== 'object' || dictionary === null) return undefined
  return Object.entries(dictionary).find(([key]) => key === name)?.[1]
}
