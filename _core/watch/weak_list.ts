/**
 * Private: a list that keeps none of its items alive.
 *
 * @module
 */

/** Items in the order in which they were added, as long as they live. */
export class WeakList<T extends object> {
  readonly #refs = new Set<WeakRef<T>>();
  #limit = 64;

  /** Returns what {@linkcode WeakList.delete} takes. */
  add(item: T): WeakRef<T> {
    const ref = new WeakRef(item);
    this.#refs.add(ref);
    // Dead references go when the list has doubled, so each costs O(1).
    if (this.#refs.size > this.#limit) {
      this.#limit = 64 + 2 * [...this].length;
    }
    return ref;
  }

  delete(ref: WeakRef<T>): void {
    this.#refs.delete(ref);
  }

  *[Symbol.iterator](): Generator<T> {
    for (const ref of this.#refs) {
      const item = ref.deref();
      if (item === undefined) this.#refs.delete(ref);
      else yield item;
    }
  }
}
