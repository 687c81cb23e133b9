/**
 * Private: a line that whoever stands in it may leave from anywhere.
 *
 * @module
 */

/** Whoever can stand in a {@linkcode Fifo}. */
export interface FifoNode {
  /** Where, as the line itself notes it. */
  at: number;
}

/** A shorter line is not worth tidying up. */
const COMPACT_FROM = 16;

/**
 * First come, first served. However long the line is, joining and leaving take
 * the same time, taken together: who leaves clears a slot, and once three
 * quarters of all slots are clear, those are done away with.
 *
 * It is an array and not a linked list since the garbage collector has to
 * follow a list link by link: with 100 000 in line, each took twice as long.
 */
export class Fifo<T extends FifoNode> {
  #slots: (T | undefined)[] = [];
  // No slot before this one is taken.
  #head = 0;
  length = 0;

  /** The one that came first. */
  get first(): T | undefined {
    if (this.length === 0) return undefined;
    while (this.#slots[this.#head] === undefined) this.#head++;
    return this.#slots[this.#head];
  }

  push(item: T): void {
    item.at = this.#slots.length;
    this.#slots.push(item);
    this.length++;
  }

  /** Takes out one that stands in this very line. */
  remove({ at }: T): void {
    const slots = this.#slots;
    slots[at] = undefined;
    this.length--;
    if (slots.length >= COMPACT_FROM && slots.length >= 4 * this.length) {
      this.#compact();
    }
  }

  #compact(): void {
    const slots = this.#slots;
    let at = 0;
    for (const item of slots) {
      if (item === undefined) continue;
      slots[at] = item;
      item.at = at++;
    }
    slots.length = at;
    this.#head = 0;
  }
}
