/**
 * A lock for each key: tasks with different keys run side by side, tasks with the
 * same key one at a time.
 *
 * Any value is a key. A key exists only while it is held or waited for, so there
 * may be as many keys as you like. Several keys can be acquired together, all or
 * none, and no set of such calls can deadlock.
 *
 * **Not re-entrant**: a task that acquires a key which it already holds waits for
 * itself for ever. Acquire all the keys that a task needs with one call of
 * {@linkcode KeyedLock.acquireAll}.
 *
 * @example A lock per user
 * ```ts
 * import { KeyedLock } from "@holdfast/sync/keyed-lock";
 * import { assertEquals } from "@std/assert";
 *
 * const users = new KeyedLock();
 * const balance = new Map([["ann", 0], ["bob", 0]]);
 *
 * async function deposit(user: string, amount: number) {
 *   using _ = await users.acquire(user);
 *   const before = balance.get(user)!;
 *   await Promise.resolve();
 *   balance.set(user, before + amount);
 * }
 *
 * await Promise.all([deposit("ann", 1), deposit("bob", 2), deposit("ann", 3)]);
 * assertEquals([...balance], [["ann", 4], ["bob", 2]]);
 * ```
 *
 * ### When you do not need it
 *
 * For one resource, use a `Lock` from `@holdfast/sync/lock`. Like that one, a
 * `KeyedLock` does not reach beyond its event loop: not to workers, other
 * processes or machines.
 *
 * @module
 */

import { cancelReason, keysLabel, label } from "./_core/errors.ts";
import { guardOf, LockGuard, promiseOfGuard } from "./_core/guard.ts";
import { printAs, printed } from "./_core/inspect.ts";
import { LockedKey, LockedKeys, MultiKeyRequest } from "./_core/keys.ts";
import { observer } from "./_core/observer.ts";
import {
  type AcquireOptions,
  checkFunction,
  readKeys,
  readLimits,
  readName,
  refuseAborted,
} from "./_core/options.ts";
import { runHolding } from "./_core/run.ts";
import { rejectAllOf } from "./_core/wait_queue.ts";

export { type AcquireOptions, LockGuard };

/**
 * Options of a new {@linkcode KeyedLock}.
 *
 * @example
 * ```ts
 * import { KeyedLock, type KeyedLockOptions } from "@holdfast/sync/keyed-lock";
 * import { assertThrows } from "@std/assert";
 *
 * const options: KeyedLockOptions = { name: "users" };
 * assertThrows(
 *   () => new KeyedLock(options).release("ann"),
 *   Error,
 *   'Cannot release key "ann" of keyed lock "users": it is not held',
 * );
 * ```
 */
export interface KeyedLockOptions {
  /** Appears in error messages and in `console.log`. */
  name?: string | undefined;
}

/**
 * A fair lock for each key.
 *
 * Keys compare as in a `Map`. Each key behaves like a `Lock`, and exists only while
 * it is held or waited for. Afterwards nothing of it remains, and an object that
 * was a key can be collected.
 *
 * A call for several keys ({@linkcode KeyedLock.acquireAll}) joins the queues of
 * all of them, and is granted when it is first in each. Meanwhile, each key in
 * whose queue it is first is reserved for it, and counts as locked.
 *
 * @typeParam K The type of the keys.
 *
 * @example
 * ```ts
 * import { KeyedLock } from "@holdfast/sync/keyed-lock";
 * import { assertEquals } from "@std/assert";
 *
 * const files = new KeyedLock<string>({ name: "files" });
 * {
 *   using _ = await files.acquire("a.txt");
 *   assertEquals(files.isLocked("a.txt"), true);
 *   assertEquals(files.isLocked("b.txt"), false);
 * }
 * assertEquals(files.size, 0);
 * ```
 */
export class KeyedLock<K = string> {
  // It has the name of this lock too.
  readonly #table: LockedKeys<K>;

  static {
    printAs(this.prototype, (lock) => {
      if (!(#table in lock)) return false;
      let waiting = 0;
      for (const [, locked] of lock.#table.entries()) waiting += locked.waiting;
      const state = `held: ${lock.#table.size}`;
      return printed(lock, "KeyedLock", lock.#table.name, state, waiting);
    });
  }

  /**
   * Creates a lock whose keys are all free.
   *
   * @param options The name of the lock.
   * @throws {TypeError} If `name` is not a string, if `options` is not an object,
   * or if it has an unknown option.
   *
   * @example
   * ```ts
   * import { KeyedLock } from "@holdfast/sync/keyed-lock";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(new KeyedLock({ name: "users" }).size, 0);
   * ```
   */
  constructor(options?: KeyedLockOptions) {
    this.#table = new LockedKeys(readName(options, "keyed lock"));
  }

  /**
   * The name given to the constructor.
   *
   * @example
   * ```ts
   * import { KeyedLock } from "@holdfast/sync/keyed-lock";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(new KeyedLock({ name: "users" }).name, "users");
   * assertEquals(new KeyedLock().name, undefined);
   * ```
   */
  get name(): string | undefined {
    return this.#table.name;
  }

  /**
   * The number of keys that are locked now: held, or reserved for a call for
   * several keys that still waits for others.
   *
   * @example
   * ```ts
   * import { KeyedLock } from "@holdfast/sync/keyed-lock";
   * import { assertEquals } from "@std/assert";
   *
   * const lock = new KeyedLock<number>();
   * {
   *   using _ = await lock.acquireAll([1, 2, 3]);
   *   assertEquals(lock.size, 3);
   * }
   * assertEquals(lock.size, 0);
   * ```
   */
  get size(): number {
    return this.#table.size;
  }

  /**
   * Whether a key is held, or reserved for a call for several keys that still
   * waits for others.
   *
   * @param key The key.
   *
   * @example
   * ```ts
   * import { KeyedLock } from "@holdfast/sync/keyed-lock";
   * import { assertEquals } from "@std/assert";
   *
   * const lock = new KeyedLock();
   * using _ = await lock.acquire("a");
   * assertEquals(lock.isLocked("a"), true);
   * assertEquals(lock.isLocked("b"), false);
   * ```
   */
  isLocked(key: K): boolean {
    return !this.#isFree(key);
  }

  /**
   * The number of callers that wait for a key. A call for several keys counts
   * at each of them until it has them all.
   *
   * @param key The key.
   *
   * @example
   * ```ts
   * import { KeyedLock } from "@holdfast/sync/keyed-lock";
   * import { assertEquals } from "@std/assert";
   *
   * const lock = new KeyedLock();
   * const first = await lock.acquire("a");
   * const second = lock.acquire("a");
   * assertEquals(lock.waiting("a"), 1);
   * assertEquals(lock.waiting("b"), 0);
   *
   * first.release();
   * (await second).release();
   * ```
   */
  waiting(key: K): number {
    return this.#table.get(key)?.waiting ?? 0;
  }

  /**
   * The keys that are locked now, as {@linkcode KeyedLock.size} counts them.
   *
   * @returns A snapshot: what happens later does not change it.
   *
   * @example
   * ```ts
   * import { KeyedLock } from "@holdfast/sync/keyed-lock";
   * import { assertEquals } from "@std/assert";
   *
   * const lock = new KeyedLock();
   * using _ = await lock.acquireAll(["a", "b"]);
   * assertEquals([...lock.keys()], ["a", "b"]);
   * ```
   */
  keys(): IterableIterator<K> {
    return Array.from(this.#table.entries(), ([key]) => key).values();
  }

  /**
   * Acquires a key, and waits for it if it is held.
   *
   * A free key is taken before the call returns.
   *
   * **Abort and timeout** end only this wait. They leave the key as it is, and
   * those behind move up. If a grant and an abort fall in one tick, the first
   * one wins: an abort after the grant changes nothing, and the promise
   * fulfils.
   *
   * Do not put the returned promise into a `Promise.race`. If the race is lost
   * and the key is granted later, it stays locked for ever. Use `signal` and
   * `timeout` instead: they leave nothing behind.
   *
   * @param key The key.
   * @param options Limits of the wait. Without them, the wait lasts until the
   * key is granted.
   * @returns The guard that frees the key. The promise rejects with the signal's
   * `reason` if the signal is aborted before or during the wait, with a
   * `DOMException` named `TimeoutError` after `timeout` milliseconds, with the
   * reason of {@linkcode KeyedLock.cancel}, with a `TypeError` for an option of
   * the wrong type or an unknown one, and with a `RangeError` if `timeout` is
   * negative or NaN or if there are too many keys.
   *
   * @example
   * ```ts
   * import { KeyedLock } from "@holdfast/sync/keyed-lock";
   * import { assertEquals } from "@std/assert";
   *
   * const lock = new KeyedLock();
   * {
   *   using _ = await lock.acquire("a");
   *   using __ = await lock.acquire("b"); // another key: no waiting
   *   assertEquals(lock.size, 2);
   * }
   * assertEquals(lock.size, 0);
   * ```
   */
  acquire(key: K, options?: AcquireOptions): Promise<LockGuard> {
    try {
      if (observer !== undefined) observer.called(this.acquire);
      // The case that has to cost next to nothing, as in Lock.
      if (options === undefined && this.#isFree(key)) {
        const locked = new LockedKey(this.#table, key);
        return promiseOfGuard(locked, locked.take());
      }
      return Promise.resolve(this.#enter(key, options));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Acquires several keys, all or none.
   *
   * The call joins the queues of all its keys in one step, and is granted when it
   * is first in every one of them. So two such calls stand in the same order in
   * every queue, and no set of them can deadlock, whatever the order of the keys.
   * Acquiring keys one after the other has no such guarantee.
   *
   * Duplicate keys count once. An empty list of keys is granted at once.
   *
   * **Abort and timeout** make the call leave every queue, and those behind
   * move up. If the grant and an abort fall in one tick, the first one wins: an
   * abort after the grant changes nothing, and the promise fulfils.
   *
   * @param keys The keys, in any order. A string is refused, since it would stand
   * for its letters.
   * @param options Limits of the wait. Without them, the wait lasts until all
   * keys are granted.
   * @returns The guard that frees all the keys. The promise rejects as that of
   * {@linkcode KeyedLock.acquire} does, with a `TypeError` if `keys` is not
   * iterable or is a string, and with what the iteration throws.
   *
   * @example
   * ```ts
   * import { KeyedLock } from "@holdfast/sync/keyed-lock";
   * import { assertEquals } from "@std/assert";
   *
   * const accounts = new KeyedLock();
   * const balance = { ann: 100, bob: 100 };
   * type Name = keyof typeof balance;
   *
   * async function transfer(from: Name, to: Name, amount: number) {
   *   using _ = await accounts.acquireAll([from, to]);
   *   await Promise.resolve();
   *   balance[from] -= amount;
   *   balance[to] += amount;
   * }
   *
   * await Promise.all([transfer("ann", "bob", 30), transfer("bob", "ann", 10)]);
   * assertEquals(balance, { ann: 80, bob: 120 });
   * ```
   */
  acquireAll(
    keys: Iterable<K>,
    options?: AcquireOptions,
  ): Promise<LockGuard> {
    try {
      if (observer !== undefined) observer.called(this.acquireAll);
      return Promise.resolve(this.#enterAll(keys, options));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Acquires a key if it is free. It never waits.
   *
   * @param key The key.
   * @returns The guard, or `undefined` if the key is locked.
   * @throws {RangeError} If there are too many keys.
   *
   * @example
   * ```ts
   * import { KeyedLock } from "@holdfast/sync/keyed-lock";
   * import { assert, assertEquals } from "@std/assert";
   *
   * const lock = new KeyedLock();
   * using guard = lock.tryAcquire("a");
   * assert(guard?.held);
   * assertEquals(lock.tryAcquire("a"), undefined);
   * ```
   */
  tryAcquire(key: K): LockGuard | undefined {
    if (!this.#isFree(key)) return undefined;
    observer?.called(KeyedLock.prototype.tryAcquire);
    return this.#take(key);
  }

  /**
   * Acquires several keys, all or none, if all are free. It never waits.
   *
   * @param keys The keys, in any order.
   * @returns The guard of all of them, or `undefined` if one is locked.
   * @throws {TypeError} If `keys` is not iterable or is a string. It also throws
   * what the iteration throws.
   * @throws {RangeError} If there are too many keys.
   *
   * @example
   * ```ts
   * import { KeyedLock } from "@holdfast/sync/keyed-lock";
   * import { assertEquals } from "@std/assert";
   *
   * const lock = new KeyedLock();
   * using _ = lock.tryAcquire("b");
   * assertEquals(lock.tryAcquireAll(["a", "b"]), undefined);
   * assertEquals(lock.isLocked("a"), false); // none, as not all were free
   * ```
   */
  tryAcquireAll(keys: Iterable<K>): LockGuard | undefined {
    const all = readKeys(keys, () => this.#failure());
    if (!this.#areFree(all)) return undefined;
    observer?.called(KeyedLock.prototype.tryAcquireAll);
    return new MultiKeyRequest(this.#table, all).take();
  }

  /**
   * Runs a function while holding a key.
   *
   * `fn` starts at once if the key is free, else when its turn comes. The key is
   * free again before the returned promise settles. Abort and timeout end only
   * the wait for the key: after `fn` has started, they change nothing.
   *
   * @typeParam T What `fn` returns, or what its promise fulfils with.
   * @param key The key.
   * @param fn The function to run, synchronous or not.
   * @param options Limits of the wait.
   * @returns What `fn` returns. The promise rejects with what `fn` throws or
   * rejects with, and with a `TypeError` if `fn` is not a function. If the key
   * cannot be acquired, it rejects as {@linkcode KeyedLock.acquire} does; then
   * `fn` is not called.
   *
   * @example
   * ```ts
   * import { KeyedLock } from "@holdfast/sync/keyed-lock";
   * import { assertEquals } from "@std/assert";
   *
   * const lock = new KeyedLock();
   * const answer = await lock.run("a", () => Promise.resolve(42));
   * assertEquals(answer, 42);
   * assertEquals(lock.isLocked("a"), false);
   * ```
   */
  run<T>(
    key: K,
    fn: () => T | PromiseLike<T>,
    options?: AcquireOptions,
  ): Promise<T>;
  /**
   * The same, for a function that sometimes returns a promise and sometimes a
   * plain value: `() => isReady && load()`.
   *
   * @typeParam R What `fn` returns.
   * @param key The key.
   * @param fn The function to run.
   * @param options Limits of the wait.
   * @returns What `fn` returns, awaited.
   *
   * @example
   * ```ts
   * import { KeyedLock } from "@holdfast/sync/keyed-lock";
   * import { assertEquals } from "@std/assert";
   *
   * const lock = new KeyedLock();
   * let isReady = false;
   * const load = () => Promise.resolve(42);
   *
   * const answer: number | false = await lock.run("a", () => isReady && load());
   * assertEquals(answer, false);
   * ```
   */
  run<R>(
    key: K,
    fn: () => R,
    options?: AcquireOptions,
  ): Promise<Awaited<R>>;
  run<T>(
    key: K,
    fn: () => T | PromiseLike<T>,
    options?: AcquireOptions,
  ): Promise<T> {
    try {
      if (observer !== undefined) observer.called(this.run);
      this.#checkCall(key, fn, "run(key, fn)", [key]);
      return runHolding(this.#enter(key, options), fn);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Runs a function while holding several keys.
   *
   * `fn` starts at once if all the keys are free, else when the call is first in
   * the queue of each. The keys are free again before the returned promise
   * settles. Abort and timeout end only the wait for the keys: after `fn` has
   * started, they change nothing.
   *
   * @typeParam T What `fn` returns, or what its promise fulfils with.
   * @param keys The keys, in any order.
   * @param fn The function to run, synchronous or not.
   * @param options Limits of the wait.
   * @returns What `fn` returns. The promise rejects with what `fn` throws or
   * rejects with, and with a `TypeError` if `fn` is not a function. If the keys
   * cannot be acquired, it rejects as {@linkcode KeyedLock.acquireAll} does; then
   * `fn` is not called.
   *
   * @example
   * ```ts
   * import { KeyedLock } from "@holdfast/sync/keyed-lock";
   * import { assertEquals } from "@std/assert";
   *
   * const lock = new KeyedLock();
   * const held = await lock.runAll(["a", "b"], () => [...lock.keys()]);
   * assertEquals(held, ["a", "b"]);
   * assertEquals(lock.size, 0);
   * ```
   */
  runAll<T>(
    keys: Iterable<K>,
    fn: () => T | PromiseLike<T>,
    options?: AcquireOptions,
  ): Promise<T>;
  /**
   * The same, for a function that sometimes returns a promise and sometimes a
   * plain value: `() => isReady && load()`.
   *
   * @typeParam R What `fn` returns.
   * @param keys The keys, in any order.
   * @param fn The function to run.
   * @param options Limits of the wait.
   * @returns What `fn` returns, awaited.
   *
   * @example
   * ```ts
   * import { KeyedLock } from "@holdfast/sync/keyed-lock";
   * import { assertEquals } from "@std/assert";
   *
   * const lock = new KeyedLock();
   * let isReady = false;
   * const load = () => Promise.resolve(42);
   *
   * const answer: number | false = await lock.runAll(["a", "b"], () => isReady && load());
   * assertEquals(answer, false);
   * ```
   */
  runAll<R>(
    keys: Iterable<K>,
    fn: () => R,
    options?: AcquireOptions,
  ): Promise<Awaited<R>>;
  runAll<T>(
    keys: Iterable<K>,
    fn: () => T | PromiseLike<T>,
    options?: AcquireOptions,
  ): Promise<T> {
    try {
      if (observer !== undefined) observer.called(this.runAll);
      this.#checkCall(keys, fn, "runAll(keys, fn)");
      return runHolding(this.#enterAll(keys, options), fn);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Frees a key, whoever holds it. The longest waiter has it before the call
   * returns. If a guard of several keys held it, that guard keeps the others.
   *
   * @param key The key.
   * @throws {Error} If nobody holds the key; a call for several keys that still
   * waits for another key holds none. It also throws if this method has just let
   * a waiter in for this key, and that waiter has not started yet: a second call
   * in the same tick would let two in.
   *
   * @example
   * ```ts
   * import { KeyedLock } from "@holdfast/sync/keyed-lock";
   * import { assertEquals, assertThrows } from "@std/assert";
   *
   * const lock = new KeyedLock();
   * await lock.acquire("a");
   * try {
   *   assertEquals(lock.isLocked("a"), true);
   * } finally {
   *   lock.release("a");
   * }
   * assertThrows(() => lock.release("a"), Error, "it is not held");
   * ```
   */
  release(key: K): void {
    const failure = () => `Cannot release ${this.#label([key])}`;
    const locked = this.#table.get(key);
    if (locked === undefined || !locked.isHeld) {
      throw new Error(`${failure()}: it is not held`);
    }
    locked.release(failure);
  }

  /**
   * Rejects everyone who waits for a key, the longest waiter first. That includes
   * calls for several keys. The holder keeps the key, and other keys do not
   * change.
   *
   * @param key The key.
   * @param reason What the waiters are rejected with. If it is left out, each
   * one gets its own `DOMException` named `AbortError`. A waiter whose signal
   * is already aborted gets the signal's reason.
   *
   * @example
   * ```ts
   * import { KeyedLock } from "@holdfast/sync/keyed-lock";
   * import { assertEquals, assertRejects } from "@std/assert";
   *
   * const lock = new KeyedLock();
   * using guard = await lock.acquire("a");
   * const waiting = lock.acquire("a");
   *
   * lock.cancel("a", new Error("The file is gone"));
   * await assertRejects(() => waiting, Error, "The file is gone");
   * assertEquals(guard.held, true);
   * ```
   */
  cancel(key: K, reason?: unknown): void {
    const locked = this.#table.get(key);
    if (locked === undefined || locked.waiting === 0) return;
    const reasons = cancelReason(reason, () => this.#failure([key]));
    locked.queue.rejectAll(reasons, "abort wins");
  }

  /**
   * Rejects everyone who waits for any key, for example when a server closes.
   * The holders keep their keys, and the lock goes on working.
   *
   * @param reason What the waiters are rejected with. If it is left out, each
   * one gets its own `DOMException` named `AbortError`. A waiter whose signal
   * is already aborted gets the signal's reason.
   *
   * @example
   * ```ts
   * import { KeyedLock } from "@holdfast/sync/keyed-lock";
   * import { assertEquals, assertRejects } from "@std/assert";
   *
   * const lock = new KeyedLock();
   * using guard = await lock.acquireAll(["a", "b"]);
   * const a = lock.acquire("a");
   * const b = lock.acquire("b");
   *
   * lock.cancelAll(new Error("The server is closing"));
   * await assertRejects(() => a, Error, "The server is closing");
   * await assertRejects(() => b, Error, "The server is closing");
   * assertEquals(guard.held, true);
   * ```
   */
  cancelAll(reason?: unknown): void {
    const reasons = cancelReason(reason, () => this.#failure());
    const queues = Array.from(this.#table.entries(), ([, locked]) => locked)
      .filter(({ waiting }) => waiting > 0).map(({ queue }) => queue);
    rejectAllOf(queues, reasons, "abort wins");
  }

  /** `key "a" of keyed lock "users"` */
  #label(keys: Iterable<K> = []): string {
    return keysLabel(keys, "keyed lock", this.#table.name);
  }

  #failure(keys?: Iterable<K>): string {
    return `Cannot acquire ${this.#label(keys)}`;
  }

  /** Refuses what is not a function, and says so if the keys are left out. */
  #checkCall(keys: unknown, fn: unknown, call: string, shown?: K[]): void {
    if (typeof keys === "function" && typeof fn !== "function") {
      const lock = label("keyed lock", this.#table.name);
      throw new TypeError(
        `Cannot run with ${lock}: no key was passed, call ${call}`,
      );
    }
    checkFunction(fn, () => `Cannot run with ${this.#label(shown)}`);
  }

  /** Takes the key or joins its queue. Throws if it may do neither. */
  #enter(key: K, options?: AcquireOptions): LockGuard | Promise<LockGuard> {
    const limits = readLimits(options, () => this.#failure([key]));
    refuseAborted(limits);
    const locked = this.#table.get(key);
    return locked === undefined
      ? this.#take(key)
      : locked.queue.wait(1, limits);
  }

  #enterAll(
    keys: Iterable<K>,
    options?: AcquireOptions,
  ): LockGuard | Promise<LockGuard> {
    const all = readKeys(keys, () => this.#failure());
    const limits = readLimits(options, () => this.#failure(all));
    refuseAborted(limits);
    const request = new MultiKeyRequest(this.#table, all);
    return this.#areFree(all) ? request.take() : request.wait(limits);
  }

  #take(key: K): LockGuard {
    const locked = new LockedKey(this.#table, key);
    return guardOf(locked, locked.take());
  }

  #isFree(key: K): boolean {
    return this.#table.get(key) === undefined;
  }

  #areFree(keys: Set<K>): boolean {
    for (const key of keys) if (!this.#isFree(key)) return false;
    return true;
  }
}
