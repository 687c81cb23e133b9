/**
 * Private: a first-in, first-out queue that its items may leave from anywhere.
 *
 * @module
 */

/** An item that may leave from the middle. */
export interface FifoNode {
  /** Its slot in the queue, kept up to date by the queue. */
  slot: number;
}

/** The fewest slots. Like every number of slots, it is a power of two. */
const FEWEST = 16;

/**
 * First in, first out. Items that are functions leave only from the front, so
 * they need not know their slot.
 *
 * Joining and leaving are amortised O(1): leaving clears a slot, and the slots
 * are compacted when they are all used up or three quarters of them are clear.
 *
 * It is a ring and not a linked list, which the garbage collector has to follow
 * link by link: with 100 000 items, each took twice as long. An array that
 * grows by `push` costs 12 ns more per item.
 */
export class Fifo<T extends FifoNode | ((...args: never[]) => unknown)> {
  // Items stand from #head on, in #span slots, of which some may be clear, but
  // not the first one.
  #slots: (T | undefined)[] = clearSlots(FEWEST);
  #head = 0;
  #span = 0;
  /** The number of items. */
  length = 0;

  /** The oldest item. It stays in the queue. */
  get first(): T | undefined {
    return this.#slots[this.#head];
  }

  push(item: T): void {
    if (this.#span === this.#slots.length) this.#resize();
    const slot = (this.#head + this.#span++) & (this.#slots.length - 1);
    this.#slots[slot] = item;
    this.length++;
    if (typeof item === "object") item.slot = slot;
  }

  /** Removes the oldest item. There must be one. */
  removeFirst(): void {
    this.#clear(this.#head);
  }

  /** Removes an item that is in this queue. */
  remove({ slot }: T & FifoNode): void {
    this.#clear(slot);
  }

  /** Removes all items and returns them, the oldest first. */
  drain(): T[] {
    const items = this.items();
    this.#slots = clearSlots(FEWEST);
    this.#head = this.#span = this.length = 0;
    return items;
  }

  /** All items, the oldest first. They stay in the queue. */
  items(): T[] {
    const items: T[] = [];
    for (let i = 0; i < this.#span; i++) {
      const item = this.#slots[(this.#head + i) & (this.#slots.length - 1)];
      if (item !== undefined) items.push(item);
    }
    return items;
  }

  #clear(slot: number): void {
    const slots = this.#slots;
    slots[slot] = undefined;
    this.length--;
    if (slots.length > FEWEST && slots.length >= 4 * this.length) {
      this.#resize();
      return;
    }
    while (this.#span > 0 && slots[this.#head] === undefined) {
      this.#head = (this.#head + 1) & (slots.length - 1);
      this.#span--;
    }
  }

  /** Moves the items together and leaves at least half of the slots clear. */
  #resize(): void {
    const items = this.items();
    let count = FEWEST;
    while (count < 2 * items.length) count *= 2;
    this.#slots = clearSlots(count);
    this.#head = 0;
    this.#span = items.length;
    for (let slot = 0; slot < items.length; slot++) {
      const item = this.#slots[slot] = items[slot]!;
      if (typeof item === "object") item.slot = slot;
    }
  }
}

function clearSlots<T>(count: number): (T | undefined)[] {
  return new Array(count).fill(undefined);
}
