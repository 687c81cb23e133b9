/**
 * Private: a map for keys that come and go.
 *
 * @module
 */

/** The first level is full with so many keys. */
const FIRST_LIMIT = 16;

/**
 * How many times as many keys fill the next level. A smaller factor makes more
 * levels, and so more moves; a larger one leaves more tombstones to walk over.
 */
const GROWTH = 32;

/**
 * A `Map` that stays fast if keys come and go while many others stay. Its values
 * are not `undefined`.
 *
 * In V8, a deleted key leaves a tombstone in its hash chain until the `Map`
 * rehashes, and each lookup walks that chain. The larger the map, the later it
 * rehashes: beside 100 000 other keys, a key that comes and goes costs more than
 * a thousand times as much as if it were the only one.
 *
 * For this reason keys live in levels, as in a log-structured merge tree. A new
 * key goes into the first level. When a level is full, all its keys move to the
 * next one together. So a key gets into a large level only with many others that
 * were there at the same time. That level rehashes after about a hundred such
 * moves at most, and each of them leaves at most one tombstone of that key.
 *
 * - A key that is the only one is in no map. It costs the least.
 * - A lookup asks every level that is not empty. There is one more level for 32
 *   times as many keys.
 * - Up to 16 keys that come and go stay in the first level. If more of them are
 *   there at the same time, each pays for its moves too: one more move for 32
 *   times as many. If all keys come and go and none stays, a plain `Map` is a
 *   few times faster.
 * - The `add()` that finds a level full pays for the whole move, just as some
 *   call pays when a `Map` grows.
 */
export class KeyTable<K, V> {
  // A key that was added when there was no other. It is in no level.
  #aloneKey: K | undefined = undefined;
  #alone: V | undefined = undefined;
  // Any other key is in exactly one level. The first has the newest keys, and
  // each level has older ones than the level before.
  readonly #levels: Map<K, V>[] = [new Map()];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(key: K): V | undefined {
    if (this.#isAlone(key)) return this.#alone;
    for (const level of this.#levels) {
      const value = level.size === 0 ? undefined : level.get(key);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /**
   * Adds a key that is not there yet. Throws a `RangeError` if a `Map` is full;
   * then the table is as it was.
   */
  add(key: K, value: V): void {
    if (this.#size === 0) {
      this.#aloneKey = key === 0 ? 0 as K : key; // -0 becomes 0, as in a Map
      this.#alone = value;
    } else {
      if (this.#levels[0]!.size === FIRST_LIMIT) this.#makeRoom();
      this.#levels[0]!.set(key, value);
    }
    this.#size++;
  }

  delete(key: K): void {
    if (this.#isAlone(key)) this.#aloneKey = this.#alone = undefined;
    else if (!this.#levels.some((level) => level.delete(key))) return;
    this.#size--;
  }

  /** In the order in which they were added. */
  *entries(): Generator<[K, V]> {
    if (this.#alone !== undefined) yield [this.#aloneKey as K, this.#alone];
    for (const level of [...this.#levels].reverse()) yield* level;
  }

  #isAlone(key: K): boolean {
    return this.#alone !== undefined && isSame(key, this.#aloneKey);
  }

  /** Moves the first level up by one, and all that are in the way. */
  #makeRoom(): void {
    const levels = this.#levels;
    let free = 0;
    let limit = FIRST_LIMIT;
    while (free < levels.length && levels[free]!.size >= limit) {
      free++;
      limit *= GROWTH;
    }
    append(levels[free] ??= new Map(), levels[free - 1]!);
    levels.splice(free - 1, 1);
    levels.unshift(new Map());
  }
}

/** Adds the newer entries to the older ones: all, or none if it throws. */
function append<K, V>(older: Map<K, V>, newer: Map<K, V>): void {
  try {
    for (const [key, value] of newer) older.set(key, value);
  } catch (error) {
    for (const key of newer.keys()) older.delete(key);
    throw error;
  }
}

/** As keys of a `Map` compare: NaN is NaN, and 0 is -0. */
function isSame(a: unknown, b: unknown): boolean {
  return a === b || (a !== a && b !== b);
}
