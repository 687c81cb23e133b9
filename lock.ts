/**
 * A mutual exclusion lock for asynchronous code: many tasks on one event loop,
 * and only one of them is inside at a time. It does what `asyncio.Lock` does in
 * Python.
 *
 * **Not re-entrant**: a task that acquires a lock which it already holds waits
 * for itself for ever. So a function that holds the lock must not call one that
 * takes it. Move the common work into a third function that expects the lock to
 * be held, and call that one from both.
 *
 * @example As a block
 * ```ts
 * import { Lock } from "@holdfast/sync/lock";
 * import { assertEquals } from "@std/assert";
 *
 * const lock = new Lock();
 * let balance = 0;
 *
 * async function deposit(amount: number) {
 *   using _ = await lock.acquire();
 *   const before = balance;
 *   await Promise.resolve(); // others run here, but not inside
 *   balance = before + amount;
 * }
 *
 * await Promise.all([deposit(100), deposit(100), deposit(100)]);
 * assertEquals(balance, 300);
 * ```
 *
 * ### When you do not need it
 *
 * Code without an `await` between its read and its write is never interrupted,
 * so it needs no lock. Code that only reads needs none either. And a lock does
 * not reach beyond its event loop: not to workers, other processes or machines.
 *
 * If each of many resources needs its own lock, use a `KeyedLock` from
 * `@holdfast/sync/keyed-lock`. If something should happen only once, use `once`
 * from `@holdfast/sync/once`.
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
  renewGuard,
} from "./_core/guard.ts";
import { printAs, printed } from "./_core/inspect.ts";
import { type About, about, observer } from "./_core/observer.ts";
import {
  type AcquireOptions,
  checkFunction,
  readLimits,
  readName,
  refuseAborted,
} from "./_core/options.ts";
import { isQuiet, releaseByHand } from "./_core/release_by_hand.ts";
import { runHolding, runNow } from "./_core/run.ts";
import { isLocked, letBackIn } from "./_core/wait_outside.ts";
import { admit, state, WaitQueue } from "./_core/wait_queue.ts";
import type { Waiter } from "./_core/waiter.ts";

export { type AcquireOptions, LockGuard };

/**
 * Options of a new {@linkcode Lock}.
 *
 * @example
 * ```ts
 * import { Lock, type LockOptions } from "@holdfast/sync/lock";
 * import { assertThrows } from "@std/assert";
 *
 * const options: LockOptions = { name: "db" };
 * assertThrows(
 *   () => new Lock(options).release(),
 *   Error,
 *   'Cannot release lock "db": it is not held',
 * );
 * ```
 */
export interface LockOptions {
  /** Appears in error messages and in `console.log`. */
  name?: string | undefined;
}

/**
 * A fair lock for asynchronous code.
 *
 * First come, first served. A release hands the lock to the longest waiter before
 * it returns: the lock never looks free in between, and nobody gets in before
 * that waiter.
 *
 * It is not re-entrant: a task that acquires a lock which it already holds waits
 * for itself.
 *
 * @example
 * ```ts
 * import { Lock } from "@holdfast/sync/lock";
 * import { assertEquals } from "@std/assert";
 *
 * const lock = new Lock();
 * const order: string[] = [];
 *
 * await Promise.all(["a", "b", "c"].map((task) =>
 *   lock.run(async () => {
 *     order.push(`${task} in`);
 *     await Promise.resolve();
 *     order.push(`${task} out`);
 *   })
 * ));
 *
 * assertEquals(order, ["a in", "a out", "b in", "b out", "c in", "c out"]);
 * ```
 */
export class Lock {
  // Odd while the lock is held. Each hold has a number of its own, its id.
  #generation = 0;
  // Made when somebody first has to wait, since it is larger than all the rest.
  // Somebody waits only while the lock is held, or inside the grant loop.
  // A waiter asks for a new guard (1), or for the lock of the guard that it has.
  #queue: WaitQueue<LockGuard, 1 | LockGuard> | undefined = undefined;
  readonly #name: string | undefined;

  static {
    printAs(this.prototype, (lock) =>
      #name in lock &&
      printed(
        lock,
        "Lock",
        lock.#name,
        lock.#isFree() ? "unlocked" : "locked",
        lock.#queue?.length,
      ));
  }

  /**
   * Creates a free lock.
   *
   * @param options The name of the lock.
   * @throws {TypeError} If `name` is not a string, if `options` is not an object,
   * or if it has an unknown option.
   *
   * @example
   * ```ts
   * import { Lock } from "@holdfast/sync/lock";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(new Lock().locked, false);
   * assertEquals(new Lock({ name: "db" }).name, "db");
   * ```
   */
  constructor(options?: LockOptions) {
    this.#name = readName(options, "lock");
  }

  /**
   * The name given to the constructor.
   *
   * @example
   * ```ts
   * import { Lock } from "@holdfast/sync/lock";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(new Lock({ name: "db" }).name, "db");
   * assertEquals(new Lock().name, undefined);
   * ```
   */
  get name(): string | undefined {
    return this.#name;
  }

  /**
   * Whether somebody holds the lock.
   *
   * @example
   * ```ts
   * import { Lock } from "@holdfast/sync/lock";
   * import { assertEquals } from "@std/assert";
   *
   * const lock = new Lock();
   * const acquired = lock.acquire();
   * assertEquals(lock.locked, true); // at once, before any await
   * (await acquired).release();
   * assertEquals(lock.locked, false);
   * ```
   */
  get locked(): boolean {
    return !this.#isFree();
  }

  /**
   * The number of callers that wait for the lock.
   *
   * @example A bounded queue
   * ```ts
   * import { Lock } from "@holdfast/sync/lock";
   * import { assertEquals } from "@std/assert";
   *
   * const lock = new Lock();
   * const first = await lock.acquire();
   * const second = lock.acquire();
   * assertEquals(lock.waiting, 1);
   *
   * const busy = lock.waiting >= 1; // time to answer "503 come back later"
   * assertEquals(busy, true);
   *
   * first.release();
   * (await second).release();
   * ```
   */
  get waiting(): number {
    return this.#queue?.length ?? 0;
  }

  /**
   * Acquires the lock, and waits for it if it is held.
   *
   * A free lock is taken before the call returns.
   *
   * **Abort and timeout** end only this wait. They leave the lock as it is, and
   * those behind move up. If a grant and an abort fall in one tick, the first one
   * wins: an abort after the grant changes nothing, and the promise fulfils.
   *
   * Do not put the returned promise into a `Promise.race`. If the race is lost
   * and the lock is granted later, it stays locked for ever. Use `signal` and
   * `timeout` instead: they leave nothing behind.
   *
   * @param options Limits of the wait. Without them, the wait lasts until the
   * lock is granted.
   * @returns The guard that frees the lock. The promise rejects with the signal's
   * `reason` if the signal is aborted before or during the wait, with a
   * `DOMException` named `TimeoutError` after `timeout` milliseconds, with the
   * reason of {@linkcode Lock.cancel}, with a `TypeError` for an option of the
   * wrong type or an unknown one, and with a `RangeError` if `timeout` is
   * negative or NaN.
   *
   * @example
   * ```ts
   * import { Lock } from "@holdfast/sync/lock";
   * import { assertEquals } from "@std/assert";
   *
   * const lock = new Lock();
   * {
   *   using _ = await lock.acquire();
   *   assertEquals(lock.locked, true);
   * }
   * assertEquals(lock.locked, false);
   * ```
   *
   * @example Wait at most ten milliseconds
   * ```ts
   * import { Lock } from "@holdfast/sync/lock";
   * import { assertEquals, assertRejects } from "@std/assert";
   *
   * const lock = new Lock({ name: "db" });
   * using _ = await lock.acquire();
   *
   * const error = await assertRejects(
   *   () => lock.acquire({ timeout: 10 }),
   *   DOMException,
   *   'Cannot acquire lock "db" within 10 ms',
   * );
   * assertEquals(error.name, "TimeoutError");
   * ```
   *
   * @example Until aborted
   * ```ts
   * import { Lock } from "@holdfast/sync/lock";
   * import { assertRejects } from "@std/assert";
   *
   * const lock = new Lock();
   * using _ = await lock.acquire();
   *
   * const controller = new AbortController();
   * const waiting = lock.acquire({ signal: controller.signal });
   * controller.abort(new Error("The client has gone"));
   * await assertRejects(() => waiting, Error, "The client has gone");
   * ```
   */
  acquire(options?: AcquireOptions): Promise<LockGuard> {
    try {
      if (observer !== undefined) observer.called(this.acquire);
      if (options !== undefined) return Promise.resolve(this.#enter(options));
      // The cases that have to cost next to nothing.
      if (this.#isFree()) return promiseOfGuard(this, ++this.#generation);
      return this.#ownQueue().wait(1, undefined);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Acquires the lock if it is free. It never waits.
   *
   * @returns The guard, or `undefined` if the lock is held.
   *
   * @example
   * ```ts
   * import { Lock } from "@holdfast/sync/lock";
   * import { assert, assertEquals } from "@std/assert";
   *
   * const lock = new Lock();
   * {
   *   using guard = lock.tryAcquire();
   *   assert(guard?.held);
   *   assertEquals(lock.tryAcquire(), undefined);
   * }
   * assertEquals(lock.locked, false);
   * ```
   */
  tryAcquire(): LockGuard | undefined {
    if (!this.#isFree()) return undefined;
    observer?.called(Lock.prototype.tryAcquire);
    return this.#take();
  }

  /**
   * Runs a function while holding the lock.
   *
   * `fn` starts at once if the lock is free, else when its turn comes. The lock is
   * free again before the returned promise settles. Abort and timeout end only
   * the wait for the lock: after `fn` has started, they change nothing.
   *
   * @typeParam T What `fn` returns, or what its promise fulfils with.
   * @param fn The function to run, synchronous or not.
   * @param options Limits of the wait.
   * @returns What `fn` returns. The promise rejects with what `fn` throws or
   * rejects with, and with a `TypeError` if `fn` is not a function. If the lock
   * cannot be acquired, it rejects as {@linkcode Lock.acquire} does; then `fn` is
   * not called.
   *
   * @example
   * ```ts
   * import { Lock } from "@holdfast/sync/lock";
   * import { assertEquals } from "@std/assert";
   *
   * const lock = new Lock();
   * const answer = await lock.run(async () => {
   *   assertEquals(lock.locked, true);
   *   return await Promise.resolve(42);
   * });
   * assertEquals(answer, 42);
   * assertEquals(lock.locked, false);
   * ```
   */
  run<T>(
    fn: () => T | PromiseLike<T>,
    options?: AcquireOptions,
  ): Promise<T>;
  /**
   * The same, for a function that sometimes returns a promise and sometimes a
   * plain value: `() => isReady && load()`.
   *
   * @typeParam R What `fn` returns.
   * @param fn The function to run.
   * @param options Limits of the wait.
   * @returns What `fn` returns, awaited.
   *
   * @example
   * ```ts
   * import { Lock } from "@holdfast/sync/lock";
   * import { assertEquals } from "@std/assert";
   *
   * const lock = new Lock();
   * let isReady = false;
   * const load = () => Promise.resolve(42);
   *
   * const answer: number | false = await lock.run(() => isReady && load());
   * assertEquals(answer, false);
   * ```
   */
  run<R>(fn: () => R, options?: AcquireOptions): Promise<Awaited<R>>;
  run<T>(
    fn: () => T | PromiseLike<T>,
    options?: AcquireOptions,
  ): Promise<T> {
    try {
      if (observer !== undefined) observer.called(this.run);
      if (options === undefined && typeof fn === "function" && this.#isFree()) {
        return runNow(this, ++this.#generation, fn);
      }
      return this.#enterAndRun(fn, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Frees the lock, whoever holds it, as `asyncio.Lock.release()` does. The
   * longest waiter has it before the call returns.
   *
   * The guard of the hold that has ended becomes stale: its own `release()` does
   * nothing. Prefer the guard, since it cannot free the hold of somebody else.
   *
   * @throws {Error} If the lock is not held. It also throws if this method has
   * just let a waiter in, and that waiter has not started yet: a second call in
   * the same tick would let two in.
   *
   * @example
   * ```ts
   * import { Lock } from "@holdfast/sync/lock";
   * import { assertEquals, assertThrows } from "@std/assert";
   *
   * const lock = new Lock();
   * await lock.acquire();
   * try {
   *   assertEquals(lock.locked, true);
   * } finally {
   *   lock.release();
   * }
   * assertThrows(() => lock.release(), Error, "it is not held");
   * ```
   */
  release(): void {
    if (!this.#isHeld()) {
      throw new Error(`Cannot release ${this.#label}: it is not held`);
    }
    const queue = this.#queue;
    if (queue === undefined || isQuiet(queue)) this.#end(undefined);
    else this.#releaseTo(queue);
  }

  /**
   * Rejects everyone who waits, the longest waiter first. The holder keeps the
   * lock, and the lock goes on working. A waiter of a `Condition` that is about
   * to get the lock back keeps its place, and rejects once it has the lock.
   *
   * @param reason What the waiters are rejected with. If it is left out, each
   * one gets its own `DOMException` named `AbortError`. A waiter whose signal
   * is already aborted gets the signal's reason.
   *
   * @example
   * ```ts
   * import { Lock } from "@holdfast/sync/lock";
   * import { assertEquals, assertRejects } from "@std/assert";
   *
   * const lock = new Lock();
   * using guard = await lock.acquire();
   * const waiting = lock.acquire();
   *
   * lock.cancel(new Error("The server is closing"));
   * await assertRejects(() => waiting, Error, "The server is closing");
   * assertEquals(guard.held, true);
   * ```
   */
  cancel(reason?: unknown): void {
    this.#queue?.rejectAll(
      cancelReason(reason, () => this.#failure),
      "abort wins",
    );
  }

  /** @ignore */
  [admit](request: 1 | LockGuard): LockGuard | undefined {
    if (this.#isHeld()) return undefined;
    if (request === 1) return this.#take();
    renewGuard(request, ++this.#generation);
    return request;
  }

  /** @ignore */
  [letBackIn](waiter: Waiter<LockGuard, LockGuard>): void {
    const queue = this.#ownQueue();
    waiter.start(queue, undefined);
    queue.grant();
  }

  /** @ignore */
  get [isLocked](): boolean {
    return !this.#isFree();
  }

  /** @ignore */
  [about](): About {
    return { primitive: "Lock", name: this.#name };
  }

  /** @ignore */
  get [state](): string {
    return "still held";
  }

  /** @ignore */
  [isHeld](id: number): boolean {
    return this.#generation === id;
  }

  /** @ignore */
  [endHold](id: number, guard: LockGuard | undefined): void {
    if (this.#generation === id) this.#end(guard);
  }

  #isHeld(): boolean {
    return (this.#generation & 1) === 1;
  }

  // Nobody holds it and nobody is about to: inside the grant loop, the longest
  // waiter may still have to be let in. A private getter here and above would
  // make an acquire and release a third slower than a method does.
  #isFree(): boolean {
    return !this.#isHeld() &&
      (this.#queue === undefined || this.#queue.length === 0);
  }

  get #label(): string {
    return label("lock", this.#name);
  }

  get #failure(): string {
    return `Cannot acquire ${this.#label}`;
  }

  /** Takes the lock or joins its queue. Throws if it may do neither. */
  #enter(options: AcquireOptions | undefined): LockGuard | Promise<LockGuard> {
    const limits = readLimits(options, () => this.#failure);
    refuseAborted(limits);
    return this.#isFree() ? this.#take() : this.#ownQueue().wait(1, limits);
  }

  // Like #releaseTo(), not part of run() because of its closure.
  #enterAndRun<T>(
    fn: () => T | PromiseLike<T>,
    options: AcquireOptions | undefined,
  ): Promise<T> {
    checkFunction(fn, () => `Cannot run with ${this.#label}`);
    return runHolding(this.#enter(options), fn);
  }

  #ownQueue(): WaitQueue<LockGuard, 1 | LockGuard> {
    return this.#queue ??= new WaitQueue(this);
  }

  #take(): LockGuard {
    return guardOf(this, ++this.#generation);
  }

  // Not part of release(), which would allocate for these closures each time.
  #releaseTo(queue: WaitQueue<LockGuard, 1 | LockGuard>): void {
    const id = this.#generation;
    const failure = () => `Cannot release ${this.#label}`;
    releaseByHand(queue, id, failure, () => this[endHold](id, undefined));
  }

  /** Ends the present hold and lets the longest waiter in. */
  #end(guard: LockGuard | undefined): void {
    holdEnded(this, this.#generation++, guard);
    if (this.#queue !== undefined && this.#queue.length > 0) {
      this.#queue.grant();
    }
  }
}
