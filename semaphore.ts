/**
 * A semaphore for asynchronous code: many tasks on one event loop, and at most
 * a given number of them are inside at a time. It does what `asyncio.Semaphore`
 * does in Python.
 *
 * **Not re-entrant**: a task that holds a permit and acquires another one may
 * wait for ever, if all holders do the same. A task that needs several permits
 * should take them in one call.
 *
 * @example At most two at a time
 * ```ts
 * import { Semaphore } from "@holdfast/sync/semaphore";
 * import { assertEquals } from "@std/assert";
 *
 * const connections = new Semaphore(2);
 * let inside = 0;
 * let peak = 0;
 *
 * async function download() {
 *   using _ = await connections.acquire();
 *   peak = Math.max(peak, ++inside);
 *   await Promise.resolve(); // others run here, but at most one more is inside
 *   inside--;
 * }
 *
 * await Promise.all([download(), download(), download(), download()]);
 * assertEquals(peak, 2);
 * ```
 *
 * ### When you do not need it
 *
 * If only one task may be inside, use a `Lock` from `@holdfast/sync/lock`. To map
 * over many items, a few at a time, `pooledMap` of `@std/async` is shorter. A
 * semaphore limits how many tasks are inside at the same time, not how many start
 * within a second. And it does not reach beyond its event loop: not to workers,
 * other processes or machines.
 *
 * @module
 */

import { cancelReason, label } from "./_core/errors.ts";
import {
  endHold,
  guardOf,
  holdEnded,
  isHeld,
  LockGuard,
  promiseOfGuard,
} from "./_core/guard.ts";
import { printAs, printed } from "./_core/inspect.ts";
import { type About, about, observer } from "./_core/observer.ts";
import {
  type AcquireOptions,
  checkFunction,
  readCount,
  readLimits,
  readName,
  refuseAborted,
} from "./_core/options.ts";
import { runHolding, runNow } from "./_core/run.ts";
import { admit, state, WaitQueue } from "./_core/wait_queue.ts";

export { type AcquireOptions, LockGuard };

/**
 * Options of a new {@linkcode Semaphore}.
 *
 * @example
 * ```ts
 * import { Semaphore, type SemaphoreOptions } from "@holdfast/sync/semaphore";
 * import { assertThrows } from "@std/assert";
 *
 * const options: SemaphoreOptions = { name: "db" };
 * assertThrows(
 *   () => new Semaphore(2, options).tryAcquire(3),
 *   RangeError,
 *   'Cannot acquire 3 permits of semaphore "db": it has only 2',
 * );
 * ```
 */
export interface SemaphoreOptions {
  /** Appears in error messages and in `console.log`. */
  name?: string | undefined;
}

/**
 * The number of permits, and limits of the wait.
 *
 * @example
 * ```ts
 * import { type PermitOptions, Semaphore } from "@holdfast/sync/semaphore";
 * import { assertEquals } from "@std/assert";
 *
 * const megabytes = new Semaphore(100);
 * const options: PermitOptions = { permits: 30, timeout: 1000 };
 * using _ = await megabytes.acquire(options);
 * assertEquals(megabytes.available, 70);
 * ```
 */
export interface PermitOptions extends AcquireOptions {
  /**
   * The number of permits, all or none: a whole number from 1 to
   * {@linkcode Semaphore.permits}.
   *
   * @default {1}
   */
  permits?: number | undefined;
}

/**
 * A fair semaphore for asynchronous code.
 *
 * First come, first served, however many permits each one asks for. A large
 * request at the front is not overtaken by small ones behind it, since they could
 * keep it waiting for ever.
 *
 * A guard gives back exactly what it took, once. So there are never more
 * permits out than the semaphore has, and never more free.
 *
 * @example
 * ```ts
 * import { Semaphore } from "@holdfast/sync/semaphore";
 * import { assertEquals } from "@std/assert";
 *
 * const semaphore = new Semaphore(3);
 * const order: string[] = [];
 * const take = async (name: string, permits: number) => {
 *   using _ = await semaphore.acquire({ permits });
 *   order.push(name);
 *   await Promise.resolve();
 * };
 *
 * await Promise.all([take("two", 2), take("three", 3), take("one", 1)]);
 * assertEquals(order, ["two", "three", "one"]);
 * ```
 */
export class Semaphore {
  #permits: number;
  // Negative if resize() took away permits that are out.
  #free: number;
  // Made when somebody first has to wait. Somebody waits only while the first
  // request asks for more than is free, or inside the grant loop.
  #queue: WaitQueue<LockGuard> | undefined = undefined;
  readonly #name: string | undefined;

  static {
    printAs(this.prototype, (semaphore) =>
      #name in semaphore &&
      printed(
        semaphore,
        "Semaphore",
        semaphore.#name,
        semaphore[state],
        semaphore.#queue?.length,
      ));
  }

  /**
   * Creates a semaphore whose permits are all free.
   *
   * @param permits The number of permits: a whole number from 1 to 2^53 - 1.
   * @param options The name of the semaphore.
   * @throws {TypeError} If `permits` is not a number, if `name` is not a string, if
   * `options` is not an object, or if it has an unknown option.
   * @throws {RangeError} If `permits` is less than 1, not whole, or too large.
   *
   * @example
   * ```ts
   * import { Semaphore } from "@holdfast/sync/semaphore";
   * import { assertEquals, assertThrows } from "@std/assert";
   *
   * assertEquals(new Semaphore(5).available, 5);
   * assertEquals(new Semaphore(5, { name: "db" }).name, "db");
   * assertThrows(() => new Semaphore(0), RangeError);
   * ```
   */
  constructor(permits: number, options?: SemaphoreOptions) {
    const failure = () => "Cannot create semaphore";
    this.#permits = this.#free = readCount(permits, failure, "permits");
    this.#name = readName(options, "semaphore");
  }

  /**
   * The name given to the constructor.
   *
   * @example
   * ```ts
   * import { Semaphore } from "@holdfast/sync/semaphore";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(new Semaphore(5, { name: "db" }).name, "db");
   * assertEquals(new Semaphore(5).name, undefined);
   * ```
   */
  get name(): string | undefined {
    return this.#name;
  }

  /**
   * The number of permits in all, free or not.
   *
   * @example
   * ```ts
   * import { Semaphore } from "@holdfast/sync/semaphore";
   * import { assertEquals } from "@std/assert";
   *
   * const semaphore = new Semaphore(5);
   * using _ = await semaphore.acquire();
   * assertEquals(semaphore.permits, 5);
   * semaphore.resize(6);
   * assertEquals(semaphore.permits, 6);
   * ```
   */
  get permits(): number {
    return this.#permits;
  }

  /**
   * The number of permits that are free now. It is never below 0, even if
   * {@linkcode Semaphore.resize} took away permits that somebody still holds.
   *
   * If somebody waits, a newcomer gets none of them: they are kept for a waiter
   * that asks for more.
   *
   * @example
   * ```ts
   * import { Semaphore } from "@holdfast/sync/semaphore";
   * import { assertEquals } from "@std/assert";
   *
   * const semaphore = new Semaphore(5);
   * const acquired = semaphore.acquire({ permits: 2 });
   * assertEquals(semaphore.available, 3); // at once, before any await
   * (await acquired).release();
   * assertEquals(semaphore.available, 5);
   * ```
   */
  get available(): number {
    return Math.max(0, this.#free);
  }

  /**
   * The number of callers that wait, however many permits each one asks for.
   *
   * @example
   * ```ts
   * import { Semaphore } from "@holdfast/sync/semaphore";
   * import { assertEquals } from "@std/assert";
   *
   * const semaphore = new Semaphore(2);
   * const first = await semaphore.acquire({ permits: 2 });
   * const second = semaphore.acquire({ permits: 2 });
   * assertEquals(semaphore.waiting, 1);
   *
   * first.release();
   * assertEquals(semaphore.waiting, 0);
   * (await second).release();
   * ```
   */
  get waiting(): number {
    return this.#queue?.length ?? 0;
  }

  /**
   * Acquires permits, and waits for them if they are not free.
   *
   * If they are free and nobody waits, they are taken before the call returns.
   *
   * **Abort and timeout** end only this wait, and take no permits. Everyone
   * behind who now fits gets in, in order, in the same tick. If a grant and an
   * abort fall in one tick, the first one wins: an abort after the grant changes
   * nothing, and the promise fulfils.
   *
   * A request that {@linkcode Semaphore.resize} makes too large while it waits
   * goes on waiting until there are enough permits again.
   *
   * Do not put the returned promise into a `Promise.race`. If the race is lost
   * and the permits are granted later, they stay taken for ever. Use `signal` and
   * `timeout` instead: they leave nothing behind.
   *
   * @param options The number of permits, 1 if it is left out, and limits of
   * the wait. Without limits, the wait lasts until the permits are granted.
   * @returns The guard that gives the permits back. The promise rejects with the
   * signal's `reason` if the signal is aborted before or during the wait, with a
   * `DOMException` named `TimeoutError` after `timeout` milliseconds, with the
   * reason of {@linkcode Semaphore.cancel}, with a `TypeError` for an option of
   * the wrong type or an unknown one, and with a `RangeError` if `timeout` is
   * negative or NaN, or if `permits` is not a whole number from 1 to
   * {@linkcode Semaphore.permits}. If both an option is bad and the signal is
   * aborted, the error is that of the option.
   *
   * @example
   * ```ts
   * import { Semaphore } from "@holdfast/sync/semaphore";
   * import { assertEquals } from "@std/assert";
   *
   * const semaphore = new Semaphore(5);
   * {
   *   using _ = await semaphore.acquire();
   *   using __ = await semaphore.acquire({ permits: 3 });
   *   assertEquals(semaphore.available, 1);
   * }
   * assertEquals(semaphore.available, 5);
   * ```
   *
   * @example Wait at most ten milliseconds
   * ```ts
   * import { Semaphore } from "@holdfast/sync/semaphore";
   * import { assertEquals, assertRejects } from "@std/assert";
   *
   * const semaphore = new Semaphore(5, { name: "db" });
   * using _ = await semaphore.acquire({ permits: 3 });
   *
   * const error = await assertRejects(
   *   () => semaphore.acquire({ permits: 4, timeout: 10 }),
   *   DOMException,
   *   'Cannot acquire 4 permits of semaphore "db" within 10 ms: 2 of 5 free',
   * );
   * assertEquals(error.name, "TimeoutError");
   * ```
   *
   * @example Until aborted
   * ```ts
   * import { Semaphore } from "@holdfast/sync/semaphore";
   * import { assertRejects } from "@std/assert";
   *
   * const semaphore = new Semaphore(1);
   * using _ = await semaphore.acquire();
   *
   * const controller = new AbortController();
   * const waiting = semaphore.acquire({ signal: controller.signal });
   * controller.abort(new Error("The client has gone"));
   * await assertRejects(() => waiting, Error, "The client has gone");
   * ```
   */
  acquire(options?: PermitOptions): Promise<LockGuard> {
    try {
      if (observer !== undefined) observer.called(this.acquire);
      if (options !== undefined) return Promise.resolve(this.#enter(options));
      // The cases that have to cost next to nothing, as in Lock.
      if (!this.#canTake(1)) return this.#ownQueue().wait(1, undefined);
      this.#free--;
      return promiseOfGuard(this, 1);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Acquires permits if they are free. It never waits, and it never overtakes: if
   * somebody waits, it takes none, even if enough are free.
   *
   * @param permits The number of permits, 1 if it is left out.
   * @returns The guard that gives them back, or `undefined` if the call would have
   * to wait.
   * @throws {TypeError} If `permits` is not a number.
   * @throws {RangeError} If `permits` is not a whole number from 1 to
   * {@linkcode Semaphore.permits}.
   *
   * @example
   * ```ts
   * import { Semaphore } from "@holdfast/sync/semaphore";
   * import { assert, assertEquals } from "@std/assert";
   *
   * const semaphore = new Semaphore(5);
   * using guard = semaphore.tryAcquire(3);
   * assert(guard?.held);
   * assertEquals(semaphore.tryAcquire(3), undefined);
   * ```
   */
  tryAcquire(permits?: number): LockGuard | undefined {
    // Checking an argument that is left out would take as long as all the rest.
    const count = permits === undefined ? 1 : this.#readPermits(permits);
    if (!this.#canTake(count)) return undefined;
    observer?.called(Semaphore.prototype.tryAcquire);
    return this.#take(count);
  }

  /**
   * Runs a function while holding permits.
   *
   * `fn` starts at once if the permits are free and nobody waits, else when its
   * turn comes. The permits are free again before the returned promise settles.
   * Abort and timeout end only the wait for the permits: after `fn` has started,
   * they change nothing.
   *
   * @typeParam T What `fn` returns, or what its promise fulfils with.
   * @param fn The function to run, synchronous or not.
   * @param options The number of permits, 1 if it is left out, and limits of the
   * wait.
   * @returns What `fn` returns. The promise rejects with what `fn` throws or
   * rejects with, and with a `TypeError` if `fn` is not a function. If the permits
   * cannot be acquired, it rejects as {@linkcode Semaphore.acquire} does; then
   * `fn` is not called.
   *
   * @example
   * ```ts
   * import { Semaphore } from "@holdfast/sync/semaphore";
   * import { assertEquals } from "@std/assert";
   *
   * const semaphore = new Semaphore(5);
   * const free = await semaphore.run(() => semaphore.available, { permits: 2 });
   * assertEquals(free, 3);
   * assertEquals(semaphore.available, 5);
   * ```
   */
  run<T>(
    fn: () => T | PromiseLike<T>,
    options?: PermitOptions,
  ): Promise<T>;
  /**
   * The same, for a function that sometimes returns a promise and sometimes a
   * plain value: `() => isReady && load()`.
   *
   * @typeParam R What `fn` returns.
   * @param fn The function to run.
   * @param options The number of permits, 1 if it is left out, and limits of
   * the wait.
   * @returns What `fn` returns, awaited.
   *
   * @example
   * ```ts
   * import { Semaphore } from "@holdfast/sync/semaphore";
   * import { assertEquals } from "@std/assert";
   *
   * const semaphore = new Semaphore(5);
   * let isReady = false;
   * const load = () => Promise.resolve(42);
   *
   * const answer: number | false = await semaphore.run(() => isReady && load());
   * assertEquals(answer, false);
   * ```
   */
  run<R>(fn: () => R, options?: PermitOptions): Promise<Awaited<R>>;
  run<T>(
    fn: () => T | PromiseLike<T>,
    options?: PermitOptions,
  ): Promise<T> {
    try {
      if (observer !== undefined) observer.called(this.run);
      checkFunction(fn, () => `Cannot run with ${this.#label}`);
      if (options === undefined && this.#canTake(1)) {
        this.#free--;
        return runNow(this, 1, fn);
      }
      return runHolding(this.#enter(options), fn);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Changes the number of permits.
   *
   * If there are more, everyone who now fits gets in, in order, before the call
   * returns. If there are fewer, those inside keep theirs, and nobody gets in until
   * enough guards are released. A waiting request for more than the new number
   * goes on waiting, and so do those behind it.
   *
   * @param permits The new number of permits: a whole number from 1 to 2^53 - 1.
   * @throws {TypeError} If `permits` is not a number.
   * @throws {RangeError} If `permits` is less than 1, not whole, or too large.
   *
   * @example
   * ```ts
   * import { Semaphore } from "@holdfast/sync/semaphore";
   * import { assertEquals } from "@std/assert";
   *
   * const semaphore = new Semaphore(1);
   * const first = await semaphore.acquire();
   * const waiting = semaphore.acquire();
   * semaphore.resize(2);
   * const second = await waiting;
   *
   * semaphore.resize(1); // both stay inside
   * first.release();
   * assertEquals(semaphore.available, 0);
   * second.release();
   * assertEquals(semaphore.available, 1);
   * ```
   */
  resize(permits: number): void {
    const failure = () => `Cannot resize ${this.#label}`;
    const count = readCount(permits, failure, "permits");
    this.#free += count - this.#permits;
    this.#permits = count;
    this.#grant();
  }

  /**
   * Rejects everyone who waits, the longest waiter first. The holders keep their
   * permits, and the semaphore goes on working.
   *
   * @param reason What the waiters are rejected with. If it is left out, each
   * one gets its own `DOMException` named `AbortError`. A waiter whose signal
   * is already aborted gets the signal's reason.
   *
   * @example
   * ```ts
   * import { Semaphore } from "@holdfast/sync/semaphore";
   * import { assertEquals, assertRejects } from "@std/assert";
   *
   * const semaphore = new Semaphore(1);
   * using guard = await semaphore.acquire();
   * const waiting = semaphore.acquire();
   *
   * semaphore.cancel(new Error("The server is closing"));
   * await assertRejects(() => waiting, Error, "The server is closing");
   * assertEquals(guard.held, true);
   * ```
   */
  cancel(reason?: unknown): void {
    this.#queue?.rejectAll(
      cancelReason(reason, () => this.#failure(1)),
      "abort wins",
    );
  }

  /** @ignore */
  [admit](permits: number): LockGuard | undefined {
    return permits <= this.#free ? this.#take(permits) : undefined;
  }

  /** @ignore */
  [about](permits: number): About {
    const of = this.#permits;
    return { primitive: "Semaphore", name: this.#name, permits, of };
  }

  /** @ignore */
  get [state](): string {
    return `${Math.max(0, this.#free)} of ${this.#permits} free`;
  }

  /** @ignore */
  [isHeld](): boolean {
    return true; // a guard that is released knows it
  }

  // The id of a hold is the number of its permits.
  /** @ignore */
  [endHold](permits: number, guard: LockGuard | undefined): void {
    holdEnded(this, permits, guard);
    this.#free += permits;
    this.#grant();
  }

  get #label(): string {
    return label("semaphore", this.#name);
  }

  #failure(permits: number): string {
    return permits === 1
      ? `Cannot acquire ${this.#label}`
      : `Cannot acquire ${permits} permits of ${this.#label}`;
  }

  #readPermits(value: unknown = 1): number {
    const permits = readCount(value, () => this.#failure(1), "permits");
    if (permits <= this.#permits) return permits;
    throw new RangeError(
      `${this.#failure(permits)}: it has only ${this.#permits}`,
    );
  }

  /** Takes permits or joins the queue. Throws if it may do neither. */
  #enter(options: PermitOptions | undefined): LockGuard | Promise<LockGuard> {
    let permits = 1;
    const failure = () => this.#failure(permits);
    const limits = readLimits(options, failure, ["permits"]);
    permits = this.#readPermits(options?.permits);
    refuseAborted(limits);
    return this.#canTake(permits)
      ? this.#take(permits)
      : this.#ownQueue().wait(permits, limits);
  }

  #ownQueue(): WaitQueue<LockGuard> {
    return this.#queue ??= new WaitQueue(this);
  }

  // Nobody overtakes: if somebody waits, what is free is not for newcomers.
  #canTake(permits: number): boolean {
    return permits <= this.#free &&
      (this.#queue === undefined || this.#queue.length === 0);
  }

  #take(permits: number): LockGuard {
    this.#free -= permits;
    return guardOf(this, permits);
  }

  #grant(): void {
    if (this.#queue !== undefined && this.#queue.length > 0) {
      this.#queue.grant();
    }
  }
}
