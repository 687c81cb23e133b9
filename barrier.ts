/**
 * A barrier for asynchronous code: a fixed number of parties wait there until
 * all of them have arrived, and then all go on. It does what `asyncio.Barrier`
 * does in Python.
 *
 * @example Nobody begins the second half before all have ended the first
 * ```ts
 * import { Barrier } from "@holdfast/sync/barrier";
 * import { assertEquals } from "@std/assert";
 *
 * const halfway = new Barrier(2);
 * const order: string[] = [];
 *
 * await Promise.all(["ann", "bob"].map(async (name) => {
 *   order.push(`${name}: first half`);
 *   await halfway.wait();
 *   order.push(`${name}: second half`);
 * }));
 *
 * assertEquals(order.slice(0, 2), ["ann: first half", "bob: first half"]);
 * assertEquals(order.slice(2).sort(), [
 *   "ann: second half",
 *   "bob: second half",
 * ]);
 * ```
 *
 * ### When you do not need it
 *
 * If one task starts the others, `await Promise.all(…)` between the two halves
 * is simpler, and an error ends it. A barrier waits for ever for a party that
 * has failed, unless that party calls {@linkcode Barrier.abort} or the others
 * limit their waits. To wait for something that one task does, use a `Gate`
 * from `@holdfast/sync/gate`. And a barrier does not reach beyond its event
 * loop: not to workers, other processes or machines.
 *
 * @module
 */

import { cancelReason, label } from "./_core/errors.ts";
import { printAs, printed } from "./_core/inspect.ts";
import { type About, about, observer } from "./_core/observer.ts";
import {
  type AcquireOptions,
  readCount,
  readLimits,
  readName,
  refuseAborted,
} from "./_core/options.ts";
import { state, WaitQueue } from "./_core/wait_queue.ts";

export type { AcquireOptions };

/**
 * Options of a new {@linkcode Barrier}.
 *
 * @example
 * ```ts
 * import { Barrier, type BarrierOptions } from "@holdfast/sync/barrier";
 * import { assertEquals } from "@std/assert";
 *
 * const options: BarrierOptions = { name: "halfway" };
 * assertEquals(new Barrier(2, options).name, "halfway");
 * ```
 */
export interface BarrierOptions {
  /** Appears in error messages and in `console.log`. */
  name?: string | undefined;
}

/**
 * A barrier for a fixed number of parties.
 *
 * The last party to arrive lets all through, and the barrier is ready for the
 * next round at once. {@linkcode Barrier.abort} breaks it until
 * {@linkcode Barrier.reset}.
 *
 * @example One of the parties does the work that is needed once in each round
 * ```ts
 * import { Barrier } from "@holdfast/sync/barrier";
 * import { assertEquals } from "@std/assert";
 *
 * const barrier = new Barrier(3);
 * const reports: string[] = [];
 *
 * async function party() {
 *   for (let round = 1; round <= 2; round++) {
 *     if (await barrier.wait() === 0) reports.push(`round ${round} is over`);
 *   }
 * }
 *
 * await Promise.all([party(), party(), party()]);
 * assertEquals(reports, ["round 1 is over", "round 2 is over"]);
 * ```
 */
export class Barrier {
  readonly #parties: number;
  readonly #name: string | undefined;
  // Between calls, fewer wait than there are parties.
  readonly #queue = new WaitQueue<number>(this);
  // Set exactly while the barrier is broken: why those who come are rejected.
  #breakage: (() => unknown) | undefined = undefined;

  static {
    printAs(this.prototype, (barrier) =>
      #parties in barrier &&
      printed(
        barrier,
        "Barrier",
        barrier.#name,
        barrier.#breakage ? "broken" : `parties: ${barrier.#parties}`,
        barrier.#queue.length,
      ));
  }

  /**
   * Creates a barrier at which nobody waits.
   *
   * @param parties The number of parties: a whole number from 1 to 2^53 - 1.
   * @param options The name of the barrier.
   * @throws {TypeError} If `parties` is not a number, if `name` is not a
   * string, if `options` is not an object, or if it has an unknown option.
   * @throws {RangeError} If `parties` is less than 1, not whole, or too large.
   *
   * @example
   * ```ts
   * import { Barrier } from "@holdfast/sync/barrier";
   * import { assertEquals, assertThrows } from "@std/assert";
   *
   * assertEquals(new Barrier(3).parties, 3);
   * assertThrows(() => new Barrier(0), RangeError);
   * ```
   */
  constructor(parties: number, options?: BarrierOptions) {
    this.#parties = readCount(
      parties,
      () => "Cannot create barrier",
      "parties",
    );
    this.#name = readName(options, "barrier");
  }

  /**
   * The name given to the constructor.
   *
   * @example
   * ```ts
   * import { Barrier } from "@holdfast/sync/barrier";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(new Barrier(2, { name: "halfway" }).name, "halfway");
   * assertEquals(new Barrier(2).name, undefined);
   * ```
   */
  get name(): string | undefined {
    return this.#name;
  }

  /**
   * The number of parties that have to arrive.
   *
   * @example
   * ```ts
   * import { Barrier } from "@holdfast/sync/barrier";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(new Barrier(3).parties, 3);
   * ```
   */
  get parties(): number {
    return this.#parties;
  }

  /**
   * The number of callers that wait for the other parties.
   *
   * @example
   * ```ts
   * import { Barrier } from "@holdfast/sync/barrier";
   * import { assertEquals } from "@std/assert";
   *
   * const barrier = new Barrier(2);
   * const first = barrier.wait();
   * assertEquals(barrier.waiting, 1);
   * const second = barrier.wait();
   * assertEquals(barrier.waiting, 0);
   * await Promise.all([first, second]);
   * ```
   */
  get waiting(): number {
    return this.#queue.length;
  }

  /**
   * Whether {@linkcode Barrier.abort} has broken the barrier.
   *
   * @example
   * ```ts
   * import { Barrier } from "@holdfast/sync/barrier";
   * import { assertEquals } from "@std/assert";
   *
   * const barrier = new Barrier(2);
   * barrier.abort();
   * assertEquals(barrier.broken, true);
   * barrier.reset();
   * assertEquals(barrier.broken, false);
   * ```
   */
  get broken(): boolean {
    return this.#breakage !== undefined;
  }

  /**
   * Arrives, and waits until all parties have arrived.
   *
   * The last one to arrive waits for nobody: it lets all others through before
   * the call returns, the longest waiter first.
   *
   * **Abort and timeout** end only this wait. The party leaves, and the barrier
   * needs as many as before. If the last party arrives and a signal is aborted
   * in one tick, the first one wins. A party whose signal is aborted before the
   * last party arrives has left, even if the signal's listener has not run yet.
   * A signal that is already aborted rejects the call, also that of the last
   * party, and then nobody is let through. With `timeout: 0`, only the last
   * party gets through.
   *
   * @param options Limits of the wait. Without them, the wait lasts until all
   * parties have arrived.
   * @returns The party's index: its place in the order of arrival, from 0 to
   * `parties - 1`. In each round, each party gets a different one. The promise
   * rejects with the signal's `reason` if the signal is aborted before or
   * during the wait, with a `DOMException` named `TimeoutError` after `timeout`
   * milliseconds, with the reason of {@linkcode Barrier.abort} if the barrier
   * is broken before or during the wait, with a `DOMException` named
   * `AbortError` at {@linkcode Barrier.reset}, with a `TypeError` for an option
   * of the wrong type or an unknown one, and with a `RangeError` if `timeout`
   * is negative or NaN.
   *
   * @example
   * ```ts
   * import { Barrier } from "@holdfast/sync/barrier";
   * import { assertEquals } from "@std/assert";
   *
   * const barrier = new Barrier(3);
   * const waits = [barrier.wait(), barrier.wait(), barrier.wait()];
   * assertEquals(await Promise.all(waits), [0, 1, 2]);
   * ```
   *
   * @example Wait at most 10 milliseconds
   * ```ts
   * import { Barrier } from "@holdfast/sync/barrier";
   * import { assertEquals, assertRejects } from "@std/assert";
   *
   * const barrier = new Barrier(2, { name: "halfway" });
   * const error = await assertRejects(
   *   () => barrier.wait({ timeout: 10 }),
   *   DOMException,
   *   'Cannot pass barrier "halfway" within 10 ms',
   * );
   * assertEquals(error.name, "TimeoutError");
   * assertEquals(barrier.waiting, 0);
   * ```
   *
   * @example Give up on a signal
   * ```ts
   * import { Barrier } from "@holdfast/sync/barrier";
   * import { assertEquals, assertRejects } from "@std/assert";
   *
   * const barrier = new Barrier(2);
   * const controller = new AbortController();
   * const waiting = barrier.wait({ signal: controller.signal });
   * controller.abort(new Error("The client has gone"));
   * await assertRejects(() => waiting, Error, "The client has gone");
   *
   * // It still takes two.
   * assertEquals(await Promise.all([barrier.wait(), barrier.wait()]), [0, 1]);
   * ```
   */
  wait(options?: AcquireOptions): Promise<number> {
    try {
      const limits = readLimits(options, () => this.#failure);
      refuseAborted(limits);
      const others = this.#parties - 1;
      // This can run code of foreign signals, so only what it leaves counts.
      if (this.#queue.length >= others) this.#queue.evictAllAborted();
      if (this.#breakage !== undefined) throw this.#breakage();
      if (this.#queue.length < others) {
        observer?.called(Barrier.prototype.wait);
        return this.#queue.wait(1, limits);
      }
      let index = 0;
      // The aborted have left by now, and nobody may drop out of a full round.
      this.#queue.grantAll(() => index++, "outcome wins");
      return Promise.resolve(others);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Rejects everyone who waits with an `AbortError`, and repairs a broken
   * barrier. The next party to arrive is the first of a new round.
   *
   * Each waiter, the longest first, gets its own `DOMException` named
   * `AbortError`. A waiter whose signal is already aborted gets the signal's
   * reason.
   *
   * @example
   * ```ts
   * import { Barrier } from "@holdfast/sync/barrier";
   * import { assertEquals, assertRejects } from "@std/assert";
   *
   * const barrier = new Barrier(2);
   * const waiting = barrier.wait();
   * barrier.reset();
   * await assertRejects(() => waiting, DOMException, "the barrier was reset");
   * assertEquals(await Promise.all([barrier.wait(), barrier.wait()]), [0, 1]);
   * ```
   */
  reset(): void {
    this.#breakage = undefined;
    this.#rejectAll(this.#because(undefined, "the barrier was reset"));
  }

  /**
   * Breaks the barrier: rejects everyone who waits, the longest waiter first, and
   * everyone who comes until {@linkcode Barrier.reset}. A party that cannot go
   * on should call it, so that the others do not wait for ever.
   *
   * If the barrier is already broken, nothing happens: the first reason stays.
   *
   * @param reason What the waiters are rejected with. If it is left out, each
   * one gets its own `DOMException` named `AbortError`. A waiter whose signal
   * is already aborted gets the signal's reason.
   *
   * @example
   * ```ts
   * import { Barrier } from "@holdfast/sync/barrier";
   * import { assertRejects } from "@std/assert";
   *
   * const barrier = new Barrier(2);
   * const waiting = barrier.wait();
   * barrier.abort(new Error("One of us has failed"));
   * await assertRejects(() => waiting, Error, "One of us has failed");
   * await assertRejects(() => barrier.wait(), Error, "One of us has failed");
   * ```
   */
  abort(reason?: unknown): void {
    if (this.#breakage !== undefined) return;
    this.#breakage = this.#because(reason, "the barrier is broken");
    this.#rejectAll(this.#breakage);
  }

  /** @ignore */
  [about](): About {
    return { primitive: "Barrier", name: this.#name };
  }

  /** @ignore */
  get [state](): string {
    return `${this.#parties} parties needed`;
  }

  get #failure(): string {
    return `Cannot pass ${label("barrier", this.#name)}`;
  }

  #because(reason: unknown, why: string): () => unknown {
    return cancelReason(reason, () => this.#failure, why);
  }

  #rejectAll(reason: () => unknown): void {
    this.#queue.rejectAll(reason, "abort wins");
  }
}
