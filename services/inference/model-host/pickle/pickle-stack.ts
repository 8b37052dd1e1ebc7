import { ModelRefused } from '../model-refused.ts'
import type { PickleValue, StorageRef } from './pickle-value.ts'

/** The stack and memo of a pickle machine; popping below the last mark is refused. */
export class PickleStack {
  readonly #values: PickleValue[] = []
  readonly #marks: number[] = []
  /** Everything that tensors lie in, as it came. */
  readonly storages: StorageRef[] = []
  readonly #memo = new Map<number, PickleValue>()

  push(value: PickleValue): void {
    this.#values.push(value)
  }

  pushStorage(storage: StorageRef): void {
    this.storages.push(storage)
    this.push(storage)
  }

  pop(): PickleValue {
    const value = this.top()
    this.#values.pop()
    return value
  }

  /** The last `count` values, in the order in which they were pushed. */
  popMany(count: number): PickleValue[] {
    return Array.from({ length: count }, () => this.pop()).reverse()
  }

  top(): PickleValue {
    const value = this.#values.at(-1)
    const floor = this.#marks.at(-1) ?? 0
    if (value === undefined || this.#values.length <= floor)
      throw new ModelRefused('its pickle takes more than it put')
    return value
  }

  mark(): void {
    this.#marks.push(this.#values.length)
  }

  /** Everything since the last mark, which goes too. */
  popToMark(): PickleValue[] {
    const floor = this.#marks.pop()
    if (floor === undefined) throw new ModelRefused('its pickle goes back to a mark that it never set')
    return this.#values.splice(floor)
  }

  memoize(index: number = this.#memo.size): void {
    this.#memo.set(index, this.top())
  }

  pushMemoized(index: number): void {
    const value = this.#memo.get(index)
    if (value === undefined) throw new ModelRefused('its pickle recalls a value that it never kept')
    this.push(value)
  }
}
