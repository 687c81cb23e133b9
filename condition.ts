/**
 * A condition for asynchronous code: whoever holds a lock can wait until
 * somebody else has changed what the lock guards. It does what
 * `asyncio.Condition` does in Python.
 *
 * @example A queue of at most two items
 * ```ts
 * import { Condition } from "@holdfast/sync/condition";
 * import { assertEquals } from "@std/assert";
 *
 * const changed = new Condition();
 * const items: number[] = [];
 *
 * async function put(item: number) {
 *   using guard = await changed.lock.acquire();
 *   await changed.waitFor(guard, () => items.length < 2);
 *   items.push(item);
 *   changed.notifyAll();
 * }
 *
 * async function take(): Promise<number> {
 *   using guard = await changed.lock.acquire();
 *   await changed.waitFor(guard, () => items.length > 0);
 *   const item = items.shift()!;
 *   changed.notifyAll();
 *   return item;
 * }
 *
 * const puts = Promise.all([put(1), put(2), put(3)]);
 * assertEquals(await Promise.all([take(), take(), take()]), [1, 2, 3]);
 * await puts;
 * ```
 *
 * ### When you do not need it
 *
 * If there is no shared data to look at, use a `Gate` from
 * `@holdfast/sync/gate`: everyone waits until it opens. To let in a limited
 * number of tasks at a time, use a `Semaphore`. For a value that comes once,
 * use a promise. A condition needs the guard of a `Lock`, so it cannot be used
 * inside `lock.run()`. And it does not reach beyond its event loop: not to
 * workers, other processes or machines.
 *
 * @module
 */

import { abortReason, isAborted } from "./_core/abort_listener.ts";
import {
  cancelReason,
  label,
  timeoutError,
  wrongType,
} from "./_core/errors.ts";
import { holdOf, isActive, LockGuard } from "./_core/guard.ts";
import { printAs, printed } from "./_core/inspect.ts";
import { type About, about, observer } from "./_core/observer.ts";
import {
  type AcquireOptions,
  checkFunction,
  checkGuard,
  type Limits,
  readCount,
  readLimits,
} from "./_core/options.ts";
import { pendingOf } from "./_core/run.ts";
import { Timer } from "./_core/timer.ts";
import {
  isLocked,
  type WaitOutside,
  waitOutside,
} from "./_core/wait_outside.ts";
import { state, WaitQueue } from "./_core/wait_queue.ts";
import { orTimeoutError, TIMED_OUT } from "./_core/waiter.ts";
import { Lock } from "./lock.ts";

export { type AcquireOptions, Lock, LockGuard };

/**
 * Lets the holder of a lock wait for a change that another holder makes.
 *
 * {@linkcode Condition.wait} frees the lock and starts to wait in one step, so
 * no notification is lost in between. When its promise settles, the same guard
 * holds the lock again, however the wait has ended. So it is safe inside a
 * `using` block.
 *
 * Several conditions may share a lock: one for each change that tasks wait for.
 *
 * @example Two conditions, one lock
 * ```ts
 * import { Condition, Lock } from "@holdfast/sync/condition";
 * import { assertEquals } from "@std/assert";
 *
 * const lock = new Lock();
 * const notEmpty = new Condition(lock);
 * const notFull = new Condition(lock);
 * let slot: string | undefined;
 *
 * async function put(value: string) {
 *   using guard = await lock.acquire();
 *   await notFull.waitFor(guard, () => slot === undefined);
 *   slot = value;
 *   notEmpty.notify();
 * }
 *
 * async function take(): Promise<string> {
 *   using guard = await lock.acquire();
 *   await notEmpty.waitFor(guard, () => slot !== undefined);
 *   const value = slot!;
 *   slot = undefined;
 *   notFull.notify();
 *   return value;
 * }
 *
 * const taken = Promise.all([take(), take()]);
 * await Promise.all([put("a"), put("b")]);
 * assertEquals(await taken, ["a", "b"]);
 * ```
 */
export class Condition {
  readonly #lock: Lock;
  // Those who wait for a notification. Then they stand in the lock's queue.
  readonly #queue = new WaitQueue<void, LockGuard>(this);

  static {
    printAs(this.prototype, (condition) =>
      #lock in condition &&
      printed(
        condition,
        "Condition",
        condition.#name,
        condition.#lock[isLocked] ? "locked" : "unlocked",
        condition.#queue.length,
      ));
  }

  /**
   * Creates a condition for which nobody waits.
   *
   * @param lock The lock that guards what may change. If it is left out, the
   * condition has its own lock.
   * @throws {TypeError} If `lock` is not a `Lock`.
   *
   * @example
   * ```ts
   * import { Condition, Lock } from "@holdfast/sync/condition";
   * import { assertEquals, assertStrictEquals } from "@std/assert";
   *
   * const lock = new Lock({ name: "db" });
   * assertStrictEquals(new Condition(lock).lock, lock);
   * assertEquals(new Condition().lock.locked, false);
   * ```
   */
  constructor(lock?: Lock) {
    if (lock !== undefined && !(lock instanceof Lock)) {
      throw wrongType(
        () => "Cannot create condition",
        "lock",
        "a Lock",
        lock,
      );
    }
    this.#lock = lock ?? new Lock();
  }

  /**
   * The lock given to the constructor, or else the condition's own.
   *
   * @example
   * ```ts
   * import { Condition } from "@holdfast/sync/condition";
   * import { assertEquals } from "@std/assert";
   *
   * const changed = new Condition();
   * {
   *   using _ = await changed.lock.acquire();
   *   assertEquals(changed.lock.locked, true);
   * }
   * assertEquals(changed.lock.locked, false);
   * ```
   */
  get lock(): Lock {
    return this.#lock;
  }

  /**
   * The number of callers that wait for a notification. A caller that has been
   * notified waits for the lock, and counts in `lock.waiting` instead.
   *
   * @example
   * ```ts
   * import { Condition } from "@holdfast/sync/condition";
   * import { assertEquals } from "@std/assert";
   *
   * const changed = new Condition();
   * const guard = await changed.lock.acquire();
   * const waiting = changed.wait(guard);
   * assertEquals([changed.waiting, changed.lock.waiting], [1, 0]);
   *
   * using _ = await changed.lock.acquire();
   * changed.notify();
   * assertEquals([changed.waiting, changed.lock.waiting], [0, 1]);
   *
   * _.release();
   * await waiting;
   * guard.release();
   * ```
   */
  get waiting(): number {
    return this.#queue.length;
  }

  /**
   * Frees the lock, waits for a notification, and gets the lock back.
   *
   * Freeing the lock and starting to wait are one step. When the promise settles,
   * `guard` holds the lock again, whether it is fulfilled or rejected. In
   * between, others have held the lock: check the data again, or use
   * {@linkcode Condition.waitFor}, which does that.
   *
   * **Abort and timeout** only cut short the wait for the notification. The wait
   * to get the lock back takes as long as it takes, so the promise may settle
   * later than the limits say. If a notification and an abort fall in one tick,
   * the first one wins; a notification that comes after the abort goes to the
   * next waiter. A signal that is already aborted and `timeout: 0` reject at
   * once, and the lock is not freed.
   *
   * @param guard The guard that holds the lock.
   * @param options Limits of the wait for the notification. Without them, the
   * wait lasts until the notification comes.
   * @returns A promise that settles when `guard` holds the lock again. It
   * rejects with the signal's `reason` if the signal is aborted before the
   * notification comes, with a `DOMException` named `TimeoutError` after
   * `timeout` milliseconds, with the reason of {@linkcode Condition.cancel}, or
   * with the reason of the lock's `cancel()` if that was called while `guard`
   * was about to get the lock back. It rejects with an `Error` if `guard` does
   * not hold the lock or belongs to something else, with a `TypeError` if
   * `guard` is not a guard or for an option of the wrong type or an unknown
   * one, and with a `RangeError` if `timeout` is negative or NaN; then nothing
   * has changed.
   *
   * @example
   * ```ts
   * import { Condition } from "@holdfast/sync/condition";
   * import { assertEquals } from "@std/assert";
   *
   * const changed = new Condition();
   * let isReady = false;
   *
   * async function waiter() {
   *   using guard = await changed.lock.acquire();
   *   while (!isReady) await changed.wait(guard);
   *   assertEquals(guard.held, true);
   * }
   *
   * const waiting = waiter();
   * using _ = await changed.lock.acquire();
   * isReady = true;
   * changed.notify();
   * _.release();
   * await waiting;
   * ```
   *
   * @example Wait at most 10 milliseconds
   * ```ts
   * import { Condition } from "@holdfast/sync/condition";
   * import { assertEquals, assertRejects } from "@std/assert";
   *
   * const changed = new Condition();
   * using guard = await changed.lock.acquire();
   *
   * const error = await assertRejects(
   *   () => changed.wait(guard, { timeout: 10 }),
   *   DOMException,
   *   "still not notified",
   * );
   * assertEquals(error.name, "TimeoutError");
   * assertEquals(guard.held, true);
   * ```
   */
  wait(guard: LockGuard, options?: AcquireOptions): Promise<void> {
    try {
      if (observer !== undefined) observer.called(this.wait);
      const failure = () => this.#failure;
      checkGuard(guard, failure);
      const limits = readLimits(options, failure);
      const isTimed = limits !== undefined && limits.timeout < Infinity;
      const { back } = this.#waitOutside(guard, limits, isTimed);
      return isTimed ? orTimeoutError(back, this.#queue, limits) : back;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Waits until a predicate is true. It calls the predicate at once, and again
   * after each notification, always while `guard` holds the lock.
   *
   * It is `while (!predicate()) await condition.wait(guard, options)`, except
   * that the limits are for the whole call. When the promise settles, `guard`
   * holds the lock.
   *
   * **Abort and timeout** end the call while it waits for a notification, as in
   * {@linkcode Condition.wait}, and after a notification if the predicate is
   * still false. A predicate that is true at once beats a signal that is already
   * aborted, and `timeout: 0`. If it is false, these reject at once, and the lock
   * is not freed.
   *
   * @param guard The guard that holds the lock.
   * @param predicate Says whether the wait is over. It is called synchronously,
   * the first time before this call returns. Do not release the lock in it.
   * @param options Limits of the whole call. Without them, the call lasts until
   * the predicate is true.
   * @returns A promise that settles when the predicate is true and `guard` holds
   * the lock. It rejects with what the predicate throws, with a `TypeError` if
   * the predicate is not a function or returns a promise, and otherwise like
   * {@linkcode Condition.wait}.
   *
   * @example
   * ```ts
   * import { Condition } from "@holdfast/sync/condition";
   * import { assertEquals } from "@std/assert";
   *
   * const changed = new Condition();
   * let count = 0;
   *
   * async function atLeast(wanted: number) {
   *   using guard = await changed.lock.acquire();
   *   await changed.waitFor(guard, () => count >= wanted);
   * }
   *
   * const waiting = atLeast(3);
   * while (count < 3) {
   *   using _ = await changed.lock.acquire();
   *   count++;
   *   changed.notifyAll();
   * }
   * await waiting;
   * assertEquals(count, 3);
   * ```
   */
  waitFor(
    guard: LockGuard,
    predicate: () => boolean,
    options?: AcquireOptions,
  ): Promise<void> {
    try {
      const failure = () => this.#failure;
      checkGuard(guard, failure);
      checkFunction(predicate, failure, "predicate");
      const limits = readLimits(options, failure);
      this.#checkHold(guard);
      return this.#waitUntil(guard, predicate, limits);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Wakes the longest waiters. Each of them joins the queue of the lock before
   * the call returns, and goes on when it gets the lock.
   *
   * A waiter whose signal is already aborted is not woken, even if the signal's
   * listener has not run yet: the notification goes to the next one. If nobody
   * waits, nothing happens, and nothing is remembered.
   *
   * @param count How many to wake at most, 1 if it is left out: a whole number
   * from 0 to 2^53 - 1.
   * @throws {Error} If nobody holds the lock.
   * @throws {TypeError} If `count` is not a number.
   * @throws {RangeError} If `count` is less than 0, not whole, or too large.
   *
   * @example
   * ```ts
   * import { Condition } from "@holdfast/sync/condition";
   * import { assertEquals, assertThrows } from "@std/assert";
   *
   * const changed = new Condition();
   * assertThrows(() => changed.notify(), Error, "the lock is not held");
   *
   * const waiters = [1, 2, 3].map(async (id) => {
   *   using guard = await changed.lock.acquire();
   *   await changed.wait(guard);
   *   return id;
   * });
   * {
   *   using _ = await changed.lock.acquire();
   *   changed.notify(2);
   *   assertEquals(changed.waiting, 1);
   *   changed.notify();
   * }
   * assertEquals(await Promise.all(waiters), [1, 2, 3]);
   * ```
   */
  notify(count = 1): void {
    readCount(count, () => this.#notifying, "count", 0);
    this.#checkLocked();
    this.#queue.grantFirst(count, () => {});
  }

  /**
   * Wakes everyone who waits now, the longest waiter first. Otherwise it does
   * the same as {@linkcode Condition.notify}.
   *
   * @throws {Error} If nobody holds the lock.
   *
   * @example
   * ```ts
   * import { Condition } from "@holdfast/sync/condition";
   * import { assertEquals } from "@std/assert";
   *
   * const changed = new Condition();
   * const waiters = [1, 2, 3].map(async (id) => {
   *   using guard = await changed.lock.acquire();
   *   await changed.wait(guard);
   *   return id;
   * });
   * {
   *   using _ = await changed.lock.acquire();
   *   changed.notifyAll();
   *   assertEquals(changed.waiting, 0);
   * }
   * assertEquals(await Promise.all(waiters), [1, 2, 3]);
   * ```
   */
  notifyAll(): void {
    this.#checkLocked();
    this.#queue.grantAll(() => {}, "abort wins");
  }

  /**
   * Rejects everyone who waits for a notification, the longest waiter first. Each
   * of them gets the lock back before its promise rejects. Those who have been
   * notified are not affected. The lock need not be held.
   *
   * @param reason What the waiters are rejected with. If it is left out, each
   * one gets its own `DOMException` named `AbortError`. A waiter whose signal
   * is already aborted gets the signal's reason.
   *
   * @example
   * ```ts
   * import { Condition } from "@holdfast/sync/condition";
   * import { assertEquals, assertRejects } from "@std/assert";
   *
   * const changed = new Condition();
   * using guard = await changed.lock.acquire();
   * const waiting = changed.wait(guard);
   *
   * changed.cancel(new Error("The server is closing"));
   * await assertRejects(() => waiting, Error, "The server is closing");
   * assertEquals(guard.held, true);
   * ```
   */
  cancel(reason?: unknown): void {
    this.#queue.rejectAll(
      cancelReason(reason, () => this.#failure),
      "abort wins",
    );
  }

  /** @ignore */
  [about](): About {
    return { primitive: "Condition", name: this.#name };
  }

  /** @ignore */
  get [state](): string {
    return "still not notified";
  }

  // Not `lock.name`, which a subclass may override with what throws.
  get #name(): string | undefined {
    return this.#lock[about]().name;
  }

  get #label(): string {
    return `condition of ${label("lock", this.#name)}`;
  }

  get #failure(): string {
    return `Cannot wait for ${this.#label}`;
  }

  get #notifying(): string {
    return `Cannot notify ${this.#label}`;
  }

  #checkLocked(): void {
    if (!this.#lock[isLocked]) {
      throw new Error(`${this.#notifying}: the lock is not held`);
    }
  }

  #checkHold(guard: LockGuard): void {
    if (holdOf(guard).held !== this.#lock) {
      throw new Error(`${this.#failure}: the guard belongs to another lock`);
    }
    if (!isActive(guard)) {
      throw new Error(`${this.#failure}: the guard does not hold the lock`);
    }
  }

  #isTrue(predicate: () => boolean): boolean {
    const result: unknown = predicate();
    if (pendingOf(result) !== undefined) {
      const expected = "a function that returns a boolean";
      throw new TypeError(
        `${this.#failure}: predicate must be ${expected}, not a promise`,
      );
    }
    return Boolean(result);
  }

  async #waitUntil(
    guard: LockGuard,
    predicate: () => boolean,
    limits: Limits | undefined,
  ): Promise<void> {
    if (this.#isTrue(predicate)) return;
    observer?.called(Condition.prototype.waitFor);
    const { signal, timeout = Infinity } = limits ?? {};
    let wait: WaitOutside | undefined;
    let isTimeOver = false;
    // One timer for all waits, which also goes on while others hold the lock.
    const timer = timeout > 0 && timeout < Infinity
      ? new Timer(timeout, () => {
        isTimeOver = signal === undefined || !isAborted(signal);
        wait?.waiter.timeOut();
      })
      : undefined;
    const each = timer && limits ? { ...limits, timeout: Infinity } : limits;
    try {
      for (;;) {
        wait = this.#waitOutside(guard, each, true);
        const end: unknown = await wait.back;
        if (end !== TIMED_OUT && this.#isTrue(predicate)) return;
        if (isTimeOver) {
          throw timeoutError(limits!.failure, timeout, this.#queue.state);
        }
      }
    } finally {
      timer?.clear();
    }
  }

  /** Throws if it may not wait; then nothing has changed. */
  #waitOutside(
    guard: LockGuard,
    limits: Limits | undefined,
    isLate: boolean,
  ): WaitOutside {
    const signal = limits?.signal;
    // Read first, since that may run user code; but a bad guard comes first.
    const wasAborted = signal?.aborted;
    this.#checkHold(guard);
    if (wasAborted) throw abortReason(signal!);
    if (limits?.timeout === 0) {
      throw timeoutError(limits.failure, 0, this.#queue.state);
    }
    return waitOutside(this.#queue, this.#lock, guard, limits, isLate);
  }
}
