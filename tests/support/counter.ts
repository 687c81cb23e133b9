/**
 * A weighted counter over the wait queue, as small as possible. It shows a primitive
 * that has nothing but the queue.
 *
 * @module
 */

import { type About, about } from "../../_core/observer.ts";
import { readLimits } from "../../_core/options.ts";
import {
  admit,
  type Resource,
  state,
  type TieBreak,
  WaitQueue,
} from "../../_core/wait_queue.ts";
import type { AcquireOptions } from "../../mod.ts";

/** A number of units. Each caller takes some and gives them back. */
export class Counter implements Resource<number> {
  free: number;
  readonly #queue = new WaitQueue<number>(this);

  constructor(units: number) {
    this.free = units;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  /** Takes units, and waits for them if they are not free. */
  async take(units = 1, options?: AcquireOptions): Promise<number> {
    const limits = readLimits(options, () => "Cannot take");
    const taken = this.waiting > 0 ? undefined : this[admit](units);
    return taken ?? await this.#queue.wait(units, limits);
  }

  give(units: number): void {
    this.free += units;
    this.#queue.grant();
  }

  cancel(reason: () => unknown, tie: TieBreak): void {
    this.#queue.rejectAll(reason, tie);
  }

  /** Gives each waiter its index in the queue, whatever is free. */
  giveAll(tie: TieBreak): void {
    let index = 0;
    this.#queue.grantAll(() => index++, tie);
  }

  /** Gives so many waiters their place in the line, whatever is free. */
  giveFirst(count: number): void {
    let place = 0;
    this.#queue.grantFirst(count, () => place++);
  }

  evictAllAborted(): void {
    this.#queue.evictAllAborted();
  }

  [admit](units: number): number | undefined {
    if (units > this.free) return undefined;
    this.free -= units;
    return units;
  }

  [about](): About {
    return { primitive: "Counter" };
  }

  get [state](): string {
    return `${this.free} free`;
  }
}
