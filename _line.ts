/**
 * Private: a line that whoever stands in it may leave from anywhere.
 *
 * @module
 */

/** Whoever can stand in a {@linkcode Line}. */
export interface InLine {
  /** Where, as the line itself notes it. */
  at: number;
}

/** A line is tidied up from this length on. */
const TIDY = 16;

/**
 * First come, first served. Joining and leaving take the same time however long
 * the line is: who leaves clears a slot, and the cleared slots are done away
 * with once they are half of them all.
 *
 * It is an array and not a linked list since the garbage collector has to
 * follow a list link by link: with 100 000 in line, each took twice as long.
 */
export class Line<T extends InLine> {
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
    const slots = this.#slots;
    if (slots.length >= TIDY && slots.length >= 2 * this.length) this.#tidy();
    item.at = this.#slots.length;
    this.#slots.push(item);
    this.length++;
  }

  /** Takes out one that stands in this very line. */
  remove({ at }: T): void {
    this.#slots[at] = undefined;
    this.length--;
    if (this.length === 0 && this.#slots.length >= TIDY) this.#tidy();
  }

  #tidy(): void {
    const items = this.#slots.filter((item) => item !== undefined);
    items.forEach((item, at) => item.at = at);
    this.#slots = items;
    this.#head = 0;
  }
}
