/**
 * Private: what the four classes have in common, whatever their engine is: the
 * queue of each process, limits, several keys, what happens when a wait is given
 * up in the moment of its grant, and disposal.
 *
 * @module
 */

import { timeoutError } from "../_core/errors.ts";
import { holdEnded } from "../_core/guard.ts";
import { printAs, printed } from "../_core/inspect.ts";
import { observer, unobserved } from "../_core/observer.ts";
import {
  type AcquireOptions,
  checkFunction,
  type Limits,
  readLimits,
  refuseAborted,
} from "../_core/options.ts";
import { callInside } from "../_core/run.ts";
import { wait } from "../_core/waiter.ts";
import { KeyedLock, type LockGuard } from "../keyed_lock.ts";
import { Attempt, Call, disposed, Slot } from "./_attempt.ts";
import { type Grant, type Held, type Lease, lose } from "./_lease.ts";

/**
 * A hold of one or several keys, of whatever class it comes from.
 *
 * @example
 * ```ts
 * import { type Hold, KeyedLock } from "@holdfast/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const hold: Hold = await new KeyedLock().acquire("a");
 * assertEquals(hold.held, true);
 * await hold.release();
 * assertEquals(hold.held, false);
 * ```
 */
export interface Hold extends AsyncDisposable {
  /** Whether the keys are still held, all of them. */
  readonly held: boolean;
  /** Ends the hold. A second call does nothing. */
  release(): void | Promise<void>;
}

/**
 * What `KeyedLock`, `WebLocks`, `FileLocks`, `RedisLocks` and `PostgresLocks`
 * have in common. Code written against this type runs at every scale: an
 * application takes `locks: Locks`, its tests pass a `KeyedLock`, and
 * production passes the class that reaches far enough.
 *
 * @example
 * ```ts
 * import { KeyedLock, type Locks } from "@holdfast/sync";
 * import { assertEquals } from "@std/assert";
 *
 * async function pay(locks: Locks, invoice: string): Promise<string> {
 *   await using _ = await locks.acquire(`invoice:${invoice}`);
 *   return `paid ${invoice}`;
 * }
 *
 * assertEquals(await pay(new KeyedLock(), "17"), "paid 17");
 * ```
 */
export interface Locks {
  /** Takes a key, waiting for it if it is held. */
  acquire(key: string, options?: AcquireOptions): Promise<Hold>;
  /** Takes several keys, all or none, waiting for them if need be. */
  acquireAll(keys: Iterable<string>, options?: AcquireOptions): Promise<Hold>;
  /** Takes a key if that needs no waiting. */
  tryAcquire(key: string): Hold | undefined | Promise<Hold | undefined>;
  /** Takes several keys, all or none, if that needs no waiting. */
  tryAcquireAll(
    keys: Iterable<string>,
  ): Hold | undefined | Promise<Hold | undefined>;
  /** Runs a function while holding a key. */
  run<T>(
    key: string,
    fn: () => T | PromiseLike<T>,
    options?: AcquireOptions,
  ): Promise<T>;
  /** Runs a function while holding several keys. */
  runAll<T>(
    keys: Iterable<string>,
    fn: () => T | PromiseLike<T>,
    options?: AcquireOptions,
  ): Promise<T>;
}

/** What the lock stands on: knows slots, one at a time, and nothing else. */
export interface Engine {
  /** As messages name it: `Redis`. */
  readonly name: string;
  /**
   * The slot of a key: what is locked at the engine. Two keys may share one.
   */
  slotOf(key: string): string;
  /**
   * Takes a slot. Within a process, only one call at a time asks for it, and
   * none while it is held.
   *
   * @param wait Whether to wait for it; otherwise the engine is asked once.
   * @param signal Ends the wait. The call then rejects soon with whatever it
   * likes, and gives back what it is granted too late.
   * @returns What is held, or `undefined` if it is not free.
   */
  take(
    slot: string,
    wait: boolean,
    signal: AbortSignal,
  ): Promise<Grant | undefined>;
  /** Raises the token of every slot to the highest one. */
  raiseTokens?(grants: readonly Grant[]): Promise<void>;
  /** Closes what it has opened itself. Never rejects. */
  close(): Promise<void>;
}

/**
 * What the four classes have in common: all methods. Each adds a constructor.
 *
 * @typeParam L What a hold is.
 *
 * @example
 * ```ts
 * import { type EngineLocks, WebLocks } from "@holdfast/sync/workers";
 * import { assertEquals } from "@std/assert";
 *
 * await using locks: EngineLocks = new WebLocks();
 * await using lease = await locks.acquire("a");
 * assertEquals(lease.held, true);
 * ```
 */
export class EngineLocks<L extends Lease = Lease>
  implements Locks, AsyncDisposable {
  readonly #engine: Engine;
  readonly #Lease: new (held: Held) => L;
  /** The name of the class. A bundler may give it another one. */
  readonly #primitive: string;
  // The tasks of this process queue here, so the engine sees one at a time.
  readonly #local = new KeyedLock();
  // What an observer is told about: the slots that are in use here.
  readonly #slots = new Map<string, Slot>();
  readonly #attempts = new Set<{ dispose(): void }>();
  readonly #leases = new Set<L>();
  // What goes on in the background. `dispose` waits for it.
  readonly #unfinished = new Set<Promise<void>>();
  #disposal: Promise<void> | undefined = undefined;

  static {
    printAs(this.prototype, (locks) =>
      #engine in locks &&
      printed(
        locks,
        "EngineLocks",
        undefined,
        locks.#disposal ? "disposed" : `held: ${locks.#leases.size}`,
        locks.#attempts.size,
      ));
  }

  /** @ignore */
  constructor(
    engine: Engine,
    Lease: new (held: Held) => L,
    primitive: string,
  ) {
    this.#engine = engine;
    this.#Lease = Lease;
    this.#primitive = primitive;
  }

  /**
   * Takes a key, waiting for it if it is held.
   *
   * Tasks of a process get it in the order in which they ask. If other
   * processes want it too, each gets its turn.
   *
   * **Abort and timeout** end the wait, in this process and at the engine, and
   * leave nothing behind: a grant that comes late is given back. If a grant and
   * an abort fall in one tick, the first one wins. Abort and timeout never cut
   * a hold short.
   *
   * @param key The key: a string of any content and length.
   * @param options Limits of the wait. Without them, it waits as long as it
   * takes. `timeout: 0` asks the engine once.
   * @returns The lease that frees the key. The promise rejects with the
   * signal's `reason` if the signal is aborted before or during the wait; with
   * a `DOMException` named `TimeoutError` after `timeout` milliseconds, and one
   * named `AbortError` if these locks are disposed; with an `Error` that names
   * engine and key if the engine fails or does not answer (its `cause` is the
   * client's error); with a `TypeError` for a key or an option of the wrong
   * type; and with a `RangeError` if `timeout` is negative or NaN.
   *
   * @example
   * ```ts
   * import { WebLocks } from "@holdfast/sync/workers";
   * import { assertEquals } from "@std/assert";
   *
   * await using locks = new WebLocks();
   * await using lease = await locks.acquire("invoice:17", { timeout: 5000 });
   * assertEquals(lease.held, true);
   * ```
   */
  acquire(key: string, options?: AcquireOptions): Promise<L> {
    observer?.called(EngineLocks.prototype.acquire);
    return this.#acquire([key], options);
  }

  /**
   * Takes several keys, all or none, waiting for them if need be.
   *
   * They are taken in sorted order, one after the other, so such calls cannot
   * deadlock each other. A failure or an abort gives back those already taken.
   *
   * @param keys The keys, in any order. Duplicates count once. A string is
   * refused: it would stand for its letters. An empty list is granted at once.
   * @param options Limits of the wait, for all keys together.
   * @returns The lease that frees all the keys. The promise rejects like
   * {@linkcode EngineLocks.acquire}, with a `TypeError` if `keys` is not
   * iterable or is a string, and with what the iteration throws.
   *
   * @example
   * ```ts
   * import { WebLocks } from "@holdfast/sync/workers";
   * import { assertEquals } from "@std/assert";
   *
   * await using locks = new WebLocks();
   * await using lease = await locks.acquireAll(["bob", "ann"]);
   * assertEquals(lease.keys, ["bob", "ann"]);
   * assertEquals(await locks.tryAcquire("ann"), undefined);
   * ```
   */
  acquireAll(keys: Iterable<string>, options?: AcquireOptions): Promise<L> {
    observer?.called(EngineLocks.prototype.acquireAll);
    return this.#acquire(keys, options);
  }

  async #acquire(
    keys: Iterable<string>,
    options: AcquireOptions | undefined,
  ): Promise<L> {
    const call = new Call(keys, this.#engine);
    const limits = readLimits(options, call.failure);
    const waits = limits?.timeout !== 0;
    const lease = await this.#enter(call, limits, waits);
    if (lease === undefined) {
      throw timeoutError(call.failure, 0, this.#state(call));
    }
    return lease;
  }

  /**
   * Takes a key if that needs no waiting. It asks the engine once.
   *
   * @param key The key.
   * @returns The lease, or `undefined` if the key is held. The promise rejects
   * like {@linkcode EngineLocks.acquire} if the engine fails or these locks are
   * disposed.
   *
   * @example
   * ```ts
   * import { WebLocks } from "@holdfast/sync/workers";
   * import { assert, assertEquals } from "@std/assert";
   *
   * await using locks = new WebLocks();
   * await using lease = await locks.tryAcquire("a");
   * assert(lease?.held);
   * assertEquals(await locks.tryAcquire("a"), undefined);
   * ```
   */
  tryAcquire(key: string): Promise<L | undefined> {
    observer?.called(EngineLocks.prototype.tryAcquire);
    return this.#tryAcquire([key]);
  }

  /**
   * Takes several keys, all or none, if that needs no waiting.
   *
   * @param keys The keys, in any order.
   * @returns The lease of all of them, or `undefined` if one is held; then none
   * is taken. The promise rejects like {@linkcode EngineLocks.acquireAll}.
   *
   * @example
   * ```ts
   * import { WebLocks } from "@holdfast/sync/workers";
   * import { assert, assertEquals } from "@std/assert";
   *
   * await using locks = new WebLocks();
   * await using _ = await locks.tryAcquire("b");
   * assertEquals(await locks.tryAcquireAll(["a", "b"]), undefined);
   * assert(await locks.tryAcquire("a")); // none was taken, as not all were free
   * ```
   */
  tryAcquireAll(keys: Iterable<string>): Promise<L | undefined> {
    observer?.called(EngineLocks.prototype.tryAcquireAll);
    return this.#tryAcquire(keys);
  }

  async #tryAcquire(keys: Iterable<string>): Promise<L | undefined> {
    const call = new Call(keys, this.#engine);
    return await this.#enter(call, undefined, false);
  }

  /**
   * Runs a function while holding a key. The key is free again before the
   * returned promise settles.
   *
   * @typeParam T What `fn` gives.
   * @param key The key.
   * @param fn The function to run, synchronous or not. It is given the lease.
   * @param options Limits of the wait. Once `fn` has started, they change
   * nothing.
   * @returns What `fn` returns. The promise rejects with what `fn` throws or
   * rejects with; with the {@linkcode LockLostError} if `fn` succeeds but the
   * hold was lost before that; with a `TypeError` if `fn` is not a function;
   * and like {@linkcode EngineLocks.acquire} if the key cannot be acquired;
   * then `fn` is not called.
   *
   * @example
   * ```ts
   * import { WebLocks } from "@holdfast/sync/workers";
   * import { assertEquals } from "@std/assert";
   *
   * await using locks = new WebLocks();
   * const held = await locks.run("report", (lease) => lease.held);
   * assertEquals(held, true);
   * ```
   */
  run<T>(
    key: string,
    fn: (lease: L) => T | PromiseLike<T>,
    options?: AcquireOptions,
  ): Promise<T> {
    observer?.called(EngineLocks.prototype.run);
    return this.#run([key], fn, options);
  }

  /**
   * Runs a function while holding several keys.
   *
   * @typeParam T What `fn` gives.
   * @param keys The keys, in any order.
   * @param fn The function to run, synchronous or not. It is given the lease.
   * @param options Limits of the wait.
   * @returns What `fn` returns. The promise rejects like
   * {@linkcode EngineLocks.run}, and like {@linkcode EngineLocks.acquireAll} if
   * the keys cannot be acquired.
   *
   * @example
   * ```ts
   * import { WebLocks } from "@holdfast/sync/workers";
   * import { assertEquals } from "@std/assert";
   *
   * await using locks = new WebLocks();
   * const keys = await locks.runAll(["ann", "bob"], (lease) => lease.keys);
   * assertEquals(keys, ["ann", "bob"]);
   * ```
   */
  runAll<T>(
    keys: Iterable<string>,
    fn: (lease: L) => T | PromiseLike<T>,
    options?: AcquireOptions,
  ): Promise<T> {
    observer?.called(EngineLocks.prototype.runAll);
    return this.#run(keys, fn, options);
  }

  async #run<T>(
    keys: Iterable<string>,
    fn: (lease: L) => T | PromiseLike<T>,
    options: AcquireOptions | undefined,
  ): Promise<T> {
    checkFunction(fn, () => `Cannot run at ${this.#engine.name}`);
    const lease = await this.#acquire(keys, options);
    try {
      const result = await callInside(lease, () => fn(lease));
      // Looks at the clock too: the timer that tells of a loss may come late.
      if (!lease.held) lease.signal.throwIfAborted();
      return result;
    } finally {
      await lease.release();
    }
  }

  /**
   * Ends the use of these locks: frees what they hold, rejects everyone who
   * waits, and closes the connections that they opened themselves. The client
   * that was passed in stays as it is. Later calls are rejected.
   *
   * Holders are told: their leases are lost.
   *
   * @returns A promise that resolves when all of that is done. It never rejects.
   *
   * @example
   * ```ts
   * import { WebLocks } from "@holdfast/sync/workers";
   * import { assertEquals, assertRejects } from "@std/assert";
   *
   * const locks = new WebLocks();
   * const lease = await locks.acquire("a");
   * await locks[Symbol.asyncDispose]();
   * assertEquals(lease.held, false);
   * await assertRejects(() => locks.acquire("a"), DOMException, "disposed");
   * ```
   */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#disposal ??= this.#dispose();
  }

  async #dispose(): Promise<void> {
    for (const attempt of this.#attempts) attempt.dispose();
    for (const lease of this.#leases) {
      this.#finish(lose(lease, "these locks were disposed"));
    }
    while (this.#unfinished.size > 0) await Promise.all(this.#unfinished);
    await this.#engine.close();
  }

  /** Waits for a lease, or asks once; rejects as the call's limits say. */
  #enter(
    call: Call,
    limits: Limits | undefined,
    waits: boolean,
  ): Promise<L | undefined> {
    refuseAborted(limits);
    if (this.#disposal !== undefined) throw disposed(call);
    const attempt = new Attempt<L | undefined>(
      this.#primitive,
      call,
      () => this.#state(call),
    );
    if (observer !== undefined) {
      for (const slot of call.slots) attempt.use(this.#slotOf(slot));
    }
    const entered = wait(
      attempt,
      1,
      limits && { ...limits, timeout: waits ? limits.timeout : Infinity },
    );
    this.#attempts.add(attempt);
    this.#finish(this.#pursue(attempt, call, waits));
    return entered;
  }

  /** Does what it takes to settle the attempt. Never rejects. */
  async #pursue(
    attempt: Attempt<L | undefined>,
    call: Call,
    waits: boolean,
  ): Promise<void> {
    const { signal } = attempt;
    const grants: Grant[] = [];
    const freed: Promise<void>[] = [];
    let guard: LockGuard | undefined;
    const giveBack = () => {
      for (const grant of grants.splice(0)) freed.push(grant.free());
      unobserved(() => guard?.release());
    };
    // In the very tick of the abort: whoever hears of it finds nothing left.
    signal.addEventListener("abort", giveBack);
    let lease: L | undefined;
    let failure: Error | undefined;
    try {
      const { slots } = call;
      guard = unobserved(() => this.#local.tryAcquireAll(slots));
      if (guard === undefined && waits) {
        guard = await unobserved(() =>
          this.#local.acquireAll(slots, { signal })
        );
      }
      if (guard && await this.#takeAll(call, grants, waits, signal)) {
        lease = this.#hold(call, grants, guard, attempt);
      }
    } catch (error) {
      failure = this.#failed(call, error);
    }
    signal.removeEventListener("abort", giveBack);
    this.#attempts.delete(attempt);
    if (lease !== undefined) {
      if (!attempt.grant(lease)) await lease.release();
      return;
    }
    giveBack();
    this.#forget(attempt);
    await Promise.all(freed);
    if (failure !== undefined) attempt.reject(failure);
    else attempt.grant(undefined);
  }

  /** Whether it got all slots of the call. */
  async #takeAll(
    call: Call,
    grants: Grant[],
    wait: boolean,
    signal: AbortSignal,
  ): Promise<boolean> {
    for (const slot of call.slots) {
      signal.throwIfAborted();
      const grant = await this.#engine.take(slot, wait, signal);
      if (grant === undefined) return false;
      grants.push(grant);
    }
    signal.throwIfAborted(); // it may have come in the moment of the last grant
    if (grants.length > 1) await this.#engine.raiseTokens?.(grants);
    return true;
  }

  #hold(
    call: Call,
    grants: readonly Grant[],
    guard: LockGuard,
    attempt: Attempt<L | undefined>,
  ): L {
    let lease: L | undefined = undefined;
    lease = new this.#Lease({
      keys: call.keys,
      grants,
      label: call.label,
      leave: () => {
        if (lease !== undefined) this.#leases.delete(lease);
        holdEnded(attempt, 1, lease);
        this.#forget(attempt);
        unobserved(() => guard.release());
      },
    });
    // While it waited for the last key, it may have lost the first.
    if (!lease.held) throw lease.signal.reason;
    this.#leases.add(lease);
    observer?.holdBegan(lease, attempt, 1);
    return lease;
  }

  #slotOf(name: string): Slot {
    const slot = this.#slots.get(name) ?? new Slot(this.#primitive, name);
    this.#slots.set(name, slot);
    return slot;
  }

  #forget(attempt: Attempt<L | undefined>): void {
    for (const slot of attempt.slots) {
      slot.users.delete(attempt);
      if (slot.users.size === 0) this.#slots.delete(slot.name);
    }
  }

  #failed(call: Call, cause: unknown): Error {
    // Engines throw errors, but their clients are not ours.
    // deno-coverage-ignore
    const why = cause instanceof Error ? cause.message : String(cause);
    return new Error(`${call.failure()}: ${why}`, { cause });
  }

  #finish(promise: Promise<void>): void {
    const done = promise.then(() => void this.#unfinished.delete(done));
    this.#unfinished.add(done);
  }

  /** For the message of a timeout. It knows the waiters of this process. */
  #state(call: Call): string {
    const waiting = call.slots
      .reduce((sum, slot) => sum + this.#local.waiting(slot), 0);
    return `still held, ${waiting} waiting`;
  }
}
