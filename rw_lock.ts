/**
 * A read-write lock for asynchronous code: many tasks on one event loop, and at
 * any time either many readers or one writer may be inside.
 *
 * **Not re-entrant**: a task that acquires a lock which it already holds may wait
 * for itself for ever. This can happen to readers too: if a writer waits, a
 * second read of the same task waits behind that writer, and the writer waits
 * for the first read.
 *
 * @example Many readers, one writer
 * ```ts
 * import { RwLock } from "@holdfast/sync/rw-lock";
 * import { assertEquals } from "@std/assert";
 *
 * const lock = new RwLock();
 * const prices = { apple: 1, pear: 1 };
 *
 * async function total() {
 *   using _ = await lock.read.acquire();
 *   const { apple } = prices;
 *   await Promise.resolve(); // other readers run here, but no writer
 *   return apple + prices.pear;
 * }
 *
 * async function raise() {
 *   using _ = await lock.write.acquire();
 *   prices.apple++;
 *   await Promise.resolve(); // nobody else is inside
 *   prices.pear++;
 * }
 *
 * const totals = await Promise.all([total(), raise(), total()]);
 * assertEquals(totals.filter((it) => it !== undefined), [2, 4]);
 * ```
 *
 * ### When you do not need it
 *
 * Code that reads without an `await` in between needs no lock. If reads are
 * short, or if many calls write, a `Lock` from `@holdfast/sync/lock` is simpler
 * and as fast. A read-write lock is for many reads that take long. And it does not
 * reach beyond its event loop: not to workers, other processes or machines.
 *
 * ### Why there is no upgrade
 *
 * A reader cannot become a writer. Two readers that both tried would wait for
 * each other for ever. Release the read side, acquire the write side, and look
 * again, since somebody else may have written in between:
 *
 * ```ts
 * import { RwLock } from "@holdfast/sync/rw-lock";
 * import { assertEquals } from "@std/assert";
 *
 * const lock = new RwLock();
 * const cache = new Map<string, string>();
 * let loads = 0;
 *
 * async function get(key: string): Promise<string> {
 *   const cached = await lock.read.run(() => cache.get(key));
 *   if (cached !== undefined) return cached;
 *   using _ = await lock.write.acquire();
 *   let value = cache.get(key); // look again
 *   if (value === undefined) {
 *     value = await Promise.resolve(`value ${++loads}`);
 *     cache.set(key, value);
 *   }
 *   return value;
 * }
 *
 * assertEquals(await Promise.all([get("a"), get("a")]), ["value 1", "value 1"]);
 * ```
 *
 * The opposite direction is safe: see {@linkcode RwLock.downgrade}.
 *
 * @module
 */

import { cancelReason, label } from "./_core/errors.ts";
import {
  endHold,
  guardOf,
  holdEnded,
  holdOf,
  isActive,
  isHeld,
  LockGuard,
  promiseOfGuard,
} from "./_core/guard.ts";
import { printAs, printed } from "./_core/inspect.ts";
import { type About, about, observer } from "./_core/observer.ts";
import {
  type AcquireOptions,
  checkFunction,
  checkGuard,
  readLimits,
  readName,
  refuseAborted,
} from "./_core/options.ts";
import { runHolding, runNow } from "./_core/run.ts";
import { admit, state, WaitQueue } from "./_core/wait_queue.ts";

export { type AcquireOptions, LockGuard };

// What a waiter asks for, as if the lock were a semaphore: one permit or all.
const READ = 1;
const WRITE = Infinity;

// What a side asks of its lock, whose state is private. The class sets them.
/** Takes the lock if it is free. Returns the id of the hold, or 0. */
let takeNow: (lock: RwLock, request: number) => number;
/** Takes the lock or joins its queue. Throws if it may do neither. */
let enter: (
  lock: RwLock,
  request: number,
  options: AcquireOptions | undefined,
) => LockGuard | Promise<LockGuard>;
let isInside: (lock: RwLock, request: number) => boolean;
let waitingFor: (lock: RwLock, request: number) => number;

/** Makes a side of a lock. Nobody else can. */
let sideOf: (lock: RwLock, request: number, name?: string) => RwLockSide;

/**
 * Options of a new {@linkcode RwLock}.
 *
 * @example
 * ```ts
 * import { RwLock, type RwLockOptions } from "@holdfast/sync/rw-lock";
 * import { assertRejects } from "@std/assert";
 *
 * const options: RwLockOptions = { name: "config" };
 * const lock = new RwLock(options);
 * using _ = await lock.read.acquire();
 * await assertRejects(
 *   () => lock.write.acquire({ timeout: 0 }),
 *   DOMException,
 *   'Cannot acquire read-write lock "config" for writing within 0 ms',
 * );
 * ```
 */
export interface RwLockOptions {
  /** Appears in error messages and in `console.log`. */
  name?: string | undefined;
}

/**
 * A fair read-write lock for asynchronous code: at any time, either any number
 * of readers or one writer may be inside.
 *
 * Its two sides, {@linkcode RwLock.read} and {@linkcode RwLock.write}, are
 * acquired like locks. Requests are served in the order in which they came, and
 * neighbouring readers get in together. So nobody starves: a reader that comes
 * after a waiting writer waits behind it, and a writer waits only for those who
 * came before it.
 *
 * It is not re-entrant: a task that acquires a lock which it already holds may
 * wait for itself, even if it only reads.
 *
 * @example
 * ```ts
 * import { RwLock } from "@holdfast/sync/rw-lock";
 * import { assertEquals } from "@std/assert";
 *
 * const lock = new RwLock();
 * const order: string[] = [];
 * const task = (name: string) => async () => {
 *   order.push(`${name} in`);
 *   await Promise.resolve();
 *   order.push(`${name} out`);
 * };
 *
 * await Promise.all([
 *   lock.read.run(task("a")),
 *   lock.read.run(task("b")),
 *   lock.write.run(task("c")),
 * ]);
 * assertEquals(order, ["a in", "b in", "a out", "b out", "c in", "c out"]);
 * ```
 */
export class RwLock {
  // Inside are readers, or one writer, or nobody.
  #readers = 0;
  // The id of the present write hold, 0 if there is none. Each write hold has an
  // id of its own, larger than READ, which is the id of every read hold.
  #writer = 0;
  #lastWriter = READ;
  // Made when somebody first has to wait.
  #queue: WaitQueue<LockGuard> | undefined = undefined;
  readonly #name: string | undefined;
  readonly #read: RwLockSide;
  readonly #write: RwLockSide;

  static {
    takeNow = (lock, request) =>
      lock.#canTake(request) ? lock.#take(request) : 0;
    enter = (lock, request, options) => lock.#enter(request, options);
    isInside = (lock, request) =>
      request === READ ? lock.#readers > 0 : lock.#writer !== 0;
    waitingFor = (lock, request) => lock.#queue?.count(request) ?? 0;
    printAs(this.prototype, (lock) =>
      #name in lock &&
      printed(
        lock,
        "RwLock",
        lock.#name,
        lock[state],
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
   * import { RwLock } from "@holdfast/sync/rw-lock";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(new RwLock().read.locked, false);
   * assertEquals(new RwLock({ name: "config" }).name, "config");
   * ```
   */
  constructor(options?: RwLockOptions) {
    this.#name = readName(options, "read-write lock");
    this.#read = sideOf(this, READ, this.#name);
    this.#write = sideOf(this, WRITE, this.#name);
  }

  /**
   * The name given to the constructor.
   *
   * @example
   * ```ts
   * import { RwLock } from "@holdfast/sync/rw-lock";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(new RwLock({ name: "config" }).name, "config");
   * assertEquals(new RwLock().name, undefined);
   * ```
   */
  get name(): string | undefined {
    return this.#name;
  }

  /**
   * The side for those who only read: any number of them may be inside.
   *
   * @example
   * ```ts
   * import { RwLock } from "@holdfast/sync/rw-lock";
   * import { assertEquals } from "@std/assert";
   *
   * const lock = new RwLock();
   * using _ = await lock.read.acquire();
   * using __ = await lock.read.acquire();
   * assertEquals(lock.read.locked, true);
   * assertEquals(lock.write.tryAcquire(), undefined);
   * ```
   */
  get read(): RwLockSide {
    return this.#read;
  }

  /**
   * The side for those who write: only one of them may be inside, and no reader.
   *
   * @example
   * ```ts
   * import { RwLock } from "@holdfast/sync/rw-lock";
   * import { assertEquals } from "@std/assert";
   *
   * const lock = new RwLock();
   * using _ = await lock.write.acquire();
   * assertEquals(lock.write.locked, true);
   * assertEquals(lock.read.tryAcquire(), undefined);
   * ```
   */
  get write(): RwLockSide {
    return this.#write;
  }

  /**
   * Turns a write hold into a read hold. No writer gets in between. Readers that
   * wait at the front get in too, before the call returns.
   *
   * The write guard is stale afterwards: its `release()` does nothing. So both
   * guards may stand in one block.
   *
   * @param guard A guard of the write side that holds this lock.
   * @returns The guard of the read hold.
   * @throws {TypeError} If `guard` is not a guard. Then nothing changes.
   * @throws {Error} If `guard` does not hold this lock for writing: it has been
   * released, or it belongs to the read side or to something else. Then nothing
   * changes.
   *
   * @example
   * ```ts
   * import { RwLock } from "@holdfast/sync/rw-lock";
   * import { assertEquals } from "@std/assert";
   *
   * const lock = new RwLock();
   * {
   *   using writing = await lock.write.acquire();
   *   // Write here.
   *   using reading = lock.downgrade(writing);
   *   // What was written is still there, and others may read it too.
   *   assertEquals(writing.held, false);
   *   assertEquals(reading.held, true);
   *   assertEquals(lock.read.locked, true);
   * }
   * assertEquals(lock.read.locked, false);
   * ```
   */
  downgrade(guard: LockGuard): LockGuard {
    const failure = () => `Cannot downgrade ${this.#label}`;
    checkGuard(guard, failure);
    const { held, id } = holdOf(guard);
    if (held !== this || id === READ || !isActive(guard)) {
      throw new Error(`${failure()}: the guard does not hold it for writing`);
    }
    this.#writer = 0;
    holdEnded(this, id, guard);
    observer?.called(RwLock.prototype.downgrade);
    const reading = guardOf(this, this.#take(READ));
    this.#grant();
    return reading;
  }

  /**
   * Rejects everyone who waits, on both sides, the longest waiter first. The
   * holders keep the lock, and the lock goes on working.
   *
   * @param reason What the waiters are rejected with. If it is left out, each
   * one gets its own `DOMException` named `AbortError`. A waiter whose signal
   * is already aborted gets the signal's reason.
   *
   * @example
   * ```ts
   * import { RwLock } from "@holdfast/sync/rw-lock";
   * import { assertEquals, assertRejects } from "@std/assert";
   *
   * const lock = new RwLock();
   * using guard = await lock.read.acquire();
   * const waiting = lock.write.acquire();
   *
   * lock.cancel(new Error("The server is closing"));
   * await assertRejects(() => waiting, Error, "The server is closing");
   * assertEquals(guard.held, true);
   * ```
   */
  cancel(reason?: unknown): void {
    this.#queue?.rejectAll(
      cancelReason(reason, () => `Cannot acquire ${this.#label}`),
      "abort wins",
    );
  }

  /** @ignore */
  [admit](request: number): LockGuard | undefined {
    if (!this.#isFree(request)) return undefined;
    return guardOf(this, this.#take(request));
  }

  // What is asked for and the id of the hold tell readers from writers alike.
  /** @ignore */
  [about](request: number): About {
    const mode = request === READ ? "read" : "write";
    return { primitive: "RwLock", name: this.#name, mode };
  }

  /** @ignore */
  get [state](): string {
    if (this.#writer !== 0) return "held by a writer";
    if (this.#readers === 0) return "unlocked";
    return `held by ${this.#readers} reader${this.#readers === 1 ? "" : "s"}`;
  }

  /** @ignore */
  [isHeld](id: number): boolean {
    return id === READ || id === this.#writer;
  }

  /** @ignore */
  [endHold](id: number, guard: LockGuard | undefined): void {
    if (id === READ) this.#readers--;
    else if (id === this.#writer) this.#writer = 0;
    else return; // downgraded
    holdEnded(this, id, guard);
    this.#grant();
  }

  get #label(): string {
    return label("read-write lock", this.#name);
  }

  #enter(
    request: number,
    options: AcquireOptions | undefined,
  ): LockGuard | Promise<LockGuard> {
    const limits = readLimits(
      options,
      () =>
        `Cannot acquire ${this.#label} for ` +
        (request === READ ? "reading" : "writing"),
    );
    refuseAborted(limits);
    if (this.#canTake(request)) return guardOf(this, this.#take(request));
    return (this.#queue ??= new WaitQueue(this)).wait(request, limits);
  }

  /** Whether those who are inside let it in. */
  #isFree(request: number): boolean {
    return this.#writer === 0 && (request === READ || this.#readers === 0);
  }

  // Nobody overtakes: a reader waits behind a waiting writer.
  #canTake(request: number): boolean {
    return this.#isFree(request) &&
      (this.#queue === undefined || this.#queue.length === 0);
  }

  /** Returns the id of the hold. */
  #take(request: number): number {
    if (request !== READ) return this.#writer = ++this.#lastWriter;
    this.#readers++;
    return READ;
  }

  #grant(): void {
    if (this.#queue !== undefined && this.#queue.length > 0) {
      this.#queue.grant();
    }
  }
}

/**
 * One side of a {@linkcode RwLock}: `lock.read` or `lock.write`. It cannot be
 * created by hand.
 *
 * @example
 * ```ts
 * import { RwLock, type RwLockSide } from "@holdfast/sync/rw-lock";
 * import { assertEquals } from "@std/assert";
 *
 * const lock = new RwLock();
 * const holders = (side: RwLockSide) => side.run(() => side.locked);
 * assertEquals(await holders(lock.read), true);
 * assertEquals(await holders(lock.write), true);
 * ```
 */
export class RwLockSide {
  readonly #lock: RwLock;
  readonly #request: number;
  readonly #name: string | undefined;

  static {
    sideOf = (lock, request, name) => new RwLockSide(lock, request, name);
    printAs(this.prototype, (side) => {
      if (!(#lock in side)) return false;
      const which = side.#request === READ ? "read" : "write";
      const isLocked = isInside(side.#lock, side.#request);
      return printed(
        side,
        "RwLockSide",
        side.#name,
        `${which}, ${isLocked ? "locked" : "unlocked"}`,
        waitingFor(side.#lock, side.#request),
      );
    });
  }

  private constructor(lock: RwLock, request: number, name?: string) {
    if (!(lock instanceof RwLock)) {
      throw new TypeError("Cannot create a side: only a RwLock creates sides");
    }
    this.#lock = lock;
    this.#request = request;
    this.#name = name;
  }

  /**
   * Whether somebody holds this side: for `read`, whether somebody reads, and
   * for `write`, whether somebody writes. So `read.locked` is false while a
   * writer is inside.
   *
   * @example
   * ```ts
   * import { RwLock } from "@holdfast/sync/rw-lock";
   * import { assertEquals } from "@std/assert";
   *
   * const lock = new RwLock();
   * const acquired = lock.write.acquire();
   * assertEquals(lock.write.locked, true); // at once, before any await
   * assertEquals(lock.read.locked, false);
   * (await acquired).release();
   * assertEquals(lock.write.locked, false);
   * ```
   */
  get locked(): boolean {
    return isInside(this.#lock, this.#request);
  }

  /**
   * The number of callers that wait for this side. Each call counts them again,
   * which takes time in proportion to all waiters of the lock.
   *
   * @example
   * ```ts
   * import { RwLock } from "@holdfast/sync/rw-lock";
   * import { assertEquals } from "@std/assert";
   *
   * const lock = new RwLock();
   * const reading = await lock.read.acquire();
   * const writing = lock.write.acquire();
   * const readingToo = lock.read.acquire(); // behind the writer
   * assertEquals([lock.read.waiting, lock.write.waiting], [1, 1]);
   *
   * reading.release();
   * (await writing).release();
   * (await readingToo).release();
   * assertEquals([lock.read.waiting, lock.write.waiting], [0, 0]);
   * ```
   */
  get waiting(): number {
    return waitingFor(this.#lock, this.#request);
  }

  /**
   * Acquires this side of the lock, and waits for it if somebody is in the way.
   *
   * If nobody waits, a reader takes it before the call returns if no writer is
   * inside, and a writer if nobody is inside.
   *
   * **Abort and timeout** end only this wait, and leave the lock as it is. Everyone
   * behind who now fits gets in, in order, in the same tick: if a writer gives up,
   * readers behind it may join those inside. If a grant and an abort fall in one
   * tick, the first one wins: an abort after the grant changes nothing, and the
   * promise fulfils.
   *
   * Do not put the returned promise into a `Promise.race`. If the race is lost
   * and the lock is granted later, it stays locked for ever. Use `signal` and
   * `timeout` instead: they leave nothing behind.
   *
   * @param options Limits of the wait. Without them, the wait lasts until the
   * lock is granted.
   * @returns The guard that ends the hold. The promise rejects with the signal's
   * `reason` if the signal is aborted before or during the wait, with a
   * `DOMException` named `TimeoutError` after `timeout` milliseconds, with the
   * reason of {@linkcode RwLock.cancel}, with a `TypeError` for an option of the
   * wrong type or an unknown one, and with a `RangeError` if `timeout` is
   * negative or NaN.
   *
   * @example
   * ```ts
   * import { RwLock } from "@holdfast/sync/rw-lock";
   * import { assertEquals } from "@std/assert";
   *
   * const lock = new RwLock();
   * {
   *   using _ = await lock.read.acquire();
   *   assertEquals(lock.read.locked, true);
   * }
   * {
   *   using _ = await lock.write.acquire();
   *   assertEquals(lock.write.locked, true);
   * }
   * ```
   *
   * @example Wait at most ten milliseconds
   * ```ts
   * import { RwLock } from "@holdfast/sync/rw-lock";
   * import { assertEquals, assertRejects } from "@std/assert";
   *
   * const lock = new RwLock({ name: "config" });
   * using _ = await lock.write.acquire();
   *
   * const error = await assertRejects(
   *   () => lock.read.acquire({ timeout: 10 }),
   *   DOMException,
   *   'Cannot acquire read-write lock "config" for reading within 10 ms',
   * );
   * assertEquals(error.name, "TimeoutError");
   * ```
   *
   * @example Until aborted
   * ```ts
   * import { RwLock } from "@holdfast/sync/rw-lock";
   * import { assertRejects } from "@std/assert";
   *
   * const lock = new RwLock();
   * using _ = await lock.read.acquire();
   *
   * const controller = new AbortController();
   * const waiting = lock.write.acquire({ signal: controller.signal });
   * controller.abort(new Error("The client has gone"));
   * await assertRejects(() => waiting, Error, "The client has gone");
   * ```
   */
  acquire(options?: AcquireOptions): Promise<LockGuard> {
    try {
      if (observer !== undefined) observer.called(this.acquire);
      // The case that has to cost next to nothing, as in Lock.
      if (options === undefined) {
        const id = takeNow(this.#lock, this.#request);
        if (id !== 0) return promiseOfGuard(this.#lock, id);
      }
      return Promise.resolve(enter(this.#lock, this.#request, options));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Acquires this side of the lock if it is free. It never waits, and it never
   * overtakes: a reader gets nothing while a writer waits.
   *
   * @returns The guard, or `undefined` if the call would have to wait.
   *
   * @example
   * ```ts
   * import { RwLock } from "@holdfast/sync/rw-lock";
   * import { assert, assertEquals } from "@std/assert";
   *
   * const lock = new RwLock();
   * using guard = lock.read.tryAcquire();
   * assert(guard?.held);
   * assertEquals(lock.write.tryAcquire(), undefined);
   * ```
   */
  tryAcquire(): LockGuard | undefined {
    const id = takeNow(this.#lock, this.#request);
    if (id === 0) return undefined;
    observer?.called(RwLockSide.prototype.tryAcquire);
    return guardOf(this.#lock, id);
  }

  /**
   * Runs a function while holding this side of the lock.
   *
   * `fn` starts at once if nobody is in the way, else when its turn comes. The
   * hold ends before the returned promise settles. Abort and timeout end only the
   * wait for the lock: after `fn` has started, they change nothing.
   *
   * @typeParam T What `fn` returns, or what its promise fulfils with.
   * @param fn The function to run, synchronous or not.
   * @param options Limits of the wait.
   * @returns What `fn` returns. The promise rejects with what `fn` throws or
   * rejects with, and with a `TypeError` if `fn` is not a function. If the lock
   * cannot be acquired, it rejects as {@linkcode RwLockSide.acquire} does; then
   * `fn` is not called.
   *
   * @example
   * ```ts
   * import { RwLock } from "@holdfast/sync/rw-lock";
   * import { assertEquals } from "@std/assert";
   *
   * const lock = new RwLock();
   * let price = 1;
   * await lock.write.run(() => price++);
   * const read = await lock.read.run(() => Promise.resolve(price));
   * assertEquals(read, 2);
   * assertEquals(lock.read.locked, false);
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
   * import { RwLock } from "@holdfast/sync/rw-lock";
   * import { assertEquals } from "@std/assert";
   *
   * const lock = new RwLock();
   * let isReady = false;
   * const load = () => Promise.resolve(42);
   *
   * const answer: number | false = await lock.read.run(() => isReady && load());
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
      checkFunction(
        fn,
        () => `Cannot run with ${label("read-write lock", this.#name)}`,
      );
      if (options === undefined) {
        const id = takeNow(this.#lock, this.#request);
        if (id !== 0) return runNow(this.#lock, id, fn);
      }
      return runHolding(enter(this.#lock, this.#request, options), fn);
    } catch (error) {
      return Promise.reject(error);
    }
  }
}
