/**
 * The part of `@std/testing/time` that the tests use, built on sinon's fake
 * timers.
 *
 * @module
 */

import { install } from "npm:@sinonjs/fake-timers@15.5.0";

const realSetTimeout = setTimeout;

/** Fakes what the original fakes, except for `AbortSignal.timeout`. */
export class FakeTime implements Disposable {
  readonly #clock = install({
    now: Date.now(),
    toFake: [
      "Date",
      "setTimeout",
      "clearTimeout",
      "setInterval",
      "clearInterval",
    ],
  });

  tick(ms = 0): void {
    this.#clock.tick(ms);
  }

  /** As in the original, microtasks run only before the tick. */
  async tickAsync(ms = 0): Promise<void> {
    await new Promise((resolve) => realSetTimeout(resolve, 0));
    this.tick(ms);
  }

  next(): boolean {
    const pending = this.#clock.countTimers() > 0;
    this.#clock.next();
    return pending;
  }

  [Symbol.dispose](): void {
    this.#clock.uninstall();
  }
}
