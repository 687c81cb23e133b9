/**
 * The lock that most people write first. It has the faults that the suite should
 * find.
 *
 * @module
 */

import type { Hold, Limits, LockLike } from "./subject.ts";

const TIMEOUT = new DOMException("It took too long", "TimeoutError");

/** Each waits for the one before. */
export class PromiseChain implements LockLike {
  #last: Promise<void> = Promise.resolve();
  #leave = () => {};
  #users = 0;

  get locked(): boolean {
    return this.#users > 0;
  }

  get waiting(): number {
    return Math.max(0, this.#users - 1);
  }

  async acquire(limits: Limits = {}): Promise<Hold> {
    this.#users++;
    const before = this.#last;
    let leave = () => {};
    this.#last = new Promise((resolve) => leave = resolve);
    await Promise.race([before, ...givingUp(limits)]);
    this.#leave = leave;
    return this;
  }

  async run<T>(fn: () => T | Promise<T>, limits?: Limits): Promise<T> {
    const hold = await this.acquire(limits);
    try {
      return await fn();
    } finally {
      hold.release();
    }
  }

  release(): void {
    this.#users--;
    this.#leave();
  }

  tryAcquire(): Hold | undefined {
    if (this.locked) return undefined;
    void this.acquire();
    return this;
  }
}

/** Promises that reject when a limit is reached. */
function givingUp({ signal, timeout }: Limits): Promise<never>[] {
  const ends: Promise<never>[] = [];
  if (signal !== undefined) {
    ends.push(
      new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason))
      ),
    );
  }
  if (timeout !== undefined) {
    ends.push(
      new Promise((_, reject) => setTimeout(() => reject(TIMEOUT), timeout)),
    );
  }
  return ends;
}
