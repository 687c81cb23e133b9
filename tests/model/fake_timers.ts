/**
 * Timers that fire when they are told to.
 *
 * @module
 */

/** Takes the place of the platform's timers until it is disposed of. */
export class FakeTimers implements Disposable {
  readonly #real = {
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
  };
  /** In the order in which they were armed. */
  readonly #armed = new Map<number, { due: number; fire: () => void }>();
  #lastId = 0;
  #now = 0;

  constructor() {
    const set = (fire: () => void, delay: number): number => {
      this.#armed.set(++this.#lastId, { due: this.#now + delay, fire });
      return this.#lastId;
    };
    const clear = (id: number): void => void this.#armed.delete(id);
    Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
  }

  get now(): number {
    return this.#now;
  }

  /** The number of timers that have neither fired nor been cleared. */
  get armed(): number {
    return this.#armed.size;
  }

  /** Forgets timers that a failed test has left. */
  clear(): void {
    this.#armed.clear();
  }

  /** Moves time on to the next timer and fires it. */
  fireNext(): void {
    const [id, next] = [...this.#armed].reduce((first, other) =>
      other[1].due < first[1].due ? other : first
    );
    this.#armed.delete(id);
    this.#now = next.due;
    next.fire();
  }

  [Symbol.dispose](): void {
    Object.assign(globalThis, this.#real);
  }
}
