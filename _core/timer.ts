/**
 * Private: timers that may run longer than those of the platform.
 *
 * @module
 */

/** The longest delay that timers take; above it they wrap and fire at once. */
const MAX_DELAY = 2 ** 31 - 1;

/** Calls back once, after `delay` milliseconds. */
export class Timer {
  #id: ReturnType<typeof setTimeout> | undefined;

  constructor(delay: number, callback: () => void) {
    this.#arm(delay, callback);
  }

  clear(): void {
    clearTimeout(this.#id);
  }

  #arm(delay: number, callback: () => void): void {
    this.#id = delay > MAX_DELAY
      ? setTimeout(() => this.#arm(delay - MAX_DELAY, callback), MAX_DELAY)
      : setTimeout(callback, delay);
  }
}
