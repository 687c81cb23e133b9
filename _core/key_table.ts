/**
 * Private: a map for keys that come and go.
 *
 * @module
 */

/** From this size on, young entries move to the old map. */
const YOUNG_SIZE = 16;

/**
 * Does what a `Map` does, at a price that does not depend on its size where one
 * hot key is set and deleted over and over.
 *
 * V8's `Map` leaves a tombstone at each delete until it rehashes, in the bucket
 * where the next `set` of that key looks first. With 100 000 other keys inside,
 * a key that comes and goes so costs 57 µs; here, where up to 16 of them stay in
 * a small map, 0.1 µs. If there are more, each costs 2 to 4 µs; a small map for
 * 64 would cure that too, but would make a single one a third dearer. A key that
 * is the only one held is in no map at all: 40 ns instead of 70.
 */
export class KeyTable<K, V> {
  // A key is in one of the three: alone only if it came when there was none.
  #aloneKey: K | undefined = undefined;
  #alone: V | undefined = undefined;
  readonly #young = new Map<K, V>();
  readonly #old = new Map<K, V>();

  get size(): number {
    const alone = this.#alone === undefined ? 0 : 1;
    return alone + this.#young.size + this.#old.size;
  }

  get(key: K): V | undefined {
    if (this.#isAlone(key)) return this.#alone;
    const value = this.#young.size === 0 ? undefined : this.#young.get(key);
    if (value !== undefined || this.#old.size === 0) return value;
    return this.#old.get(key);
  }

  /** Adds a key that is not there yet. */
  add(key: K, value: V): void {
    if (this.size === 0) {
      this.#aloneKey = key === 0 ? 0 as K : key; // -0 becomes 0, as in a Map
      this.#alone = value;
      return;
    }
    if (this.#young.size === YOUNG_SIZE) {
      for (const [key, value] of this.#young) this.#old.set(key, value);
      this.#young.clear();
    }
    this.#young.set(key, value);
  }

  delete(key: K): void {
    if (this.#isAlone(key)) this.#aloneKey = this.#alone = undefined;
    else if (!this.#young.delete(key)) this.#old.delete(key);
  }

  /** In the order in which they were added. */
  *entries(): Generator<[K, V]> {
    if (this.#alone !== undefined) yield [this.#aloneKey as K, this.#alone];
    yield* this.#old;
    yield* this.#young;
  }

  #isAlone(key: K): boolean {
    return this.#alone !== undefined && isSame(key, this.#aloneKey);
  }
}

/** As keys of a `Map` compare: NaN is NaN, and 0 is -0. */
function isSame(a: unknown, b: unknown): boolean {
  return a === b || (a !== a && b !== b);
}
