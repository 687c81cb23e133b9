/**
 * Private: what it is to hold something. The guard lives here and not in
 * `lock.ts` because only this package may make one.
 *
 * @module
 */

import { printAs, printed } from "./inspect.ts";

/** Key of {@linkcode Holdable}'s question. */
export const isHeld: unique symbol = Symbol("isHeld");
/** Key of {@linkcode Holdable}'s order. */
export const free: unique symbol = Symbol("free");

/**
 * What a guard guards: a lock, a key, or several keys.
 *
 * Each hold has a ticket, a number that no other hold of the same thing has,
 * so a guard tells with one comparison whether its hold goes on. The thing
 * itself need not point at its guard, which would cost 17 ns a time (V8's write
 * barrier). The keys are symbols, so that they are not in the way of a lock's users.
 */
export interface Holdable {
  /** Whether the hold with this ticket goes on. */
  [isHeld](ticket: number): boolean;
  /** Ends the hold with this ticket; nothing where it has ended before. */
  [free](ticket: number): void;
}

/** {@linkcode runHolding} where there is nothing to wait for. */
export let runNow: <T>(
  guard: LockGuard,
  fn: () => T | PromiseLike<T>,
) => Promise<T>;

/** Makes the guard of a hold. */
export let guardOf: (held: Holdable, ticket: number) => LockGuard;

/**
 * A hold of a lock, of a key, or of several keys: who has it is inside.
 *
 * It frees its own hold, once. Calling {@linkcode LockGuard.release} again, or
 * after somebody else has freed the lock, does nothing, so `using`, `finally`
 * and a call by hand may be mixed freely, and a stale guard never lets two in.
 *
 * Guards come from `acquire()` and its like; they cannot be made by hand. A
 * guard that is forgotten keeps its lock for ever: take it with `using`, free
 * it in a `finally`, or let `run()` do both.
 *
 * @example
 * ```ts
 * import { Lock } from "@holdfast/sync/lock";
 * import { assertEquals } from "@std/assert";
 *
 * const lock = new Lock();
 * {
 *   using guard = await lock.acquire();
 *   assertEquals(guard.held, true);
 * }
 * assertEquals(lock.locked, false);
 * ```
 */
export class LockGuard implements Disposable, AsyncDisposable {
  readonly #of: Holdable;
  #ticket = -1; // of no hold, should somebody call the constructor

  static {
    printAs(
      this.prototype,
      (guard) =>
        #ticket in guard &&
        printed("LockGuard", undefined, guard.held ? "held" : "released"),
    );
    runNow = (guard, fn) => run(guard.#of, guard.#ticket, fn);
    guardOf = (held, ticket) => {
      const guard = new LockGuard(held);
      // Outside the constructor on purpose: after a store V8 knows the guard's
      // shape and resolves a promise with it without looking for a `then`,
      // which halves the cost of an acquire.
      guard.#ticket = ticket;
      return guard;
    };
  }

  /** @ignore */
  constructor(held: Holdable) {
    this.#of = held;
  }

  /**
   * Whether this guard still holds what it was given. A guard of several keys
   * does as long as it holds every one of them.
   *
   * @example
   * ```ts
   * import { Lock } from "@holdfast/sync/lock";
   * import { assertEquals } from "@std/assert";
   *
   * const lock = new Lock();
   * const guard = await lock.acquire();
   * assertEquals(guard.held, true);
   * lock.release();
   * assertEquals(guard.held, false);
   * ```
   */
  get held(): boolean {
    return this.#of[isHeld](this.#ticket);
  }

  /**
   * Ends the hold. The longest waiter has the lock before the call returns.
   * Where the hold has ended already, it does nothing.
   *
   * @example
   * ```ts
   * import { Lock } from "@holdfast/sync/lock";
   * import { assertEquals } from "@std/assert";
   *
   * const lock = new Lock();
   * const guard = await lock.acquire();
   * try {
   *   assertEquals(lock.locked, true);
   * } finally {
   *   guard.release();
   * }
   * guard.release(); // does nothing
   * assertEquals(lock.locked, false);
   * ```
   */
  release(): void {
    this.#of[free](this.#ticket);
  }

  /**
   * The same as {@linkcode LockGuard.release}, called at the end of the block
   * by `using guard = await lock.acquire()`.
   *
   * @example
   * ```ts
   * import { Lock } from "@holdfast/sync/lock";
   * import { assertEquals } from "@std/assert";
   *
   * const lock = new Lock();
   * for (let i = 0; i < 3; i++) {
   *   using _ = await lock.acquire();
   *   assertEquals(lock.locked, true);
   * }
   * assertEquals(lock.locked, false);
   * ```
   */
  [Symbol.dispose](): void {
    this.release();
  }

  /**
   * The same as {@linkcode LockGuard.release}, for `await using` and
   * `AsyncDisposableStack`. The lock is free before the promise is returned.
   *
   * @returns A promise that is resolved already.
   *
   * @example
   * ```ts
   * import { Lock } from "@holdfast/sync/lock";
   * import { assertEquals } from "@std/assert";
   *
   * const lock = new Lock();
   * {
   *   await using _ = await lock.acquire();
   *   assertEquals(lock.locked, true);
   * }
   * assertEquals(lock.locked, false);
   * ```
   */
  [Symbol.asyncDispose](): Promise<void> {
    this.release();
    return Promise.resolve();
  }
}

/**
 * Runs `fn` inside of a hold, which ends before the returned promise settles.
 *
 * @param entered The guard, or the promise of it where it takes waiting.
 * @returns What `fn` returns or throws.
 */
export function runHolding<T>(
  entered: LockGuard | Promise<LockGuard>,
  fn: () => T | PromiseLike<T>,
): Promise<T> {
  return entered instanceof LockGuard
    ? runNow(entered, fn)
    : runLater(entered, fn);
}

async function runLater<T>(
  entered: Promise<LockGuard>,
  fn: () => T | PromiseLike<T>,
): Promise<T> {
  const guard = await entered;
  try {
    // A lock that is released twice in a row ends the next hold as well, before
    // its holder has begun. Somebody else may be inside by now.
    if (!guard.held) {
      throw new Error(
        "Cannot run: somebody else has released this hold already",
      );
    }
    const result = fn();
    return isThenable(result) ? await result : result;
  } finally {
    guard.release();
  }
}

// Takes the guard apart: V8 then makes none at all, which saves a tenth.
function run<T>(
  held: Holdable,
  ticket: number,
  fn: () => T | PromiseLike<T>,
): Promise<T> {
  let result;
  try {
    result = fn();
    if (isThenable(result)) return freeAfter(result, held, ticket);
  } catch (error) {
    held[free](ticket);
    return Promise.reject(error);
  }
  // Nothing to wait for: this promise is the only one that it takes.
  held[free](ticket);
  return Promise.resolve(result);
}

async function freeAfter<T>(
  result: PromiseLike<T>,
  held: Holdable,
  ticket: number,
): Promise<T> {
  try {
    return await result;
  } finally {
    held[free](ticket);
  }
}

/** Does not read `then`: a getter is to run once, when it is awaited. */
function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  const mayBe = typeof value === "object" || typeof value === "function";
  return mayBe && value !== null && "then" in value;
}
