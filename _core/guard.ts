/**
 * Private: holds, and the guards that release them. The guard lives here and not
 * in `lock.ts` because only this package may make one.
 *
 * @module
 */

import { printAs, printed } from "./inspect.ts";
import { type Observed, observer } from "./observer.ts";

/** Symbol of the method that says whether a hold is still active. */
export const isHeld: unique symbol = Symbol("isHeld");
/** Symbol of the method that ends a hold. */
export const endHold: unique symbol = Symbol("endHold");

/**
 * What a guard guards: a lock, a key, permits.
 *
 * A hold has an id, a number from 1 that says which hold it is, or how much it
 * holds, so that a guard learns with one comparison whether its hold is still
 * active. A reference to the guard would cost 17 ns (V8's write barrier). The
 * methods have symbols for names to stay out of the users' way.
 */
export interface Holdable extends Observed {
  /** Whether the hold with this id is still active. */
  [isHeld](id: number): boolean;
  /** Ends the hold with this id. Does nothing if it has already ended. */
  [endHold](id: number, guard: LockGuard | undefined): void;
}

/** The id of a guard that holds nothing. */
const RELEASED = 0;

/** Makes the guard of a hold. This is the one place where a hold begins. */
export let guardOf: (held: Holdable, id: number) => LockGuard;

/**
 * The same, as a promise. V8 then knows the shape of the guard and resolves the
 * promise without looking for a `then`, also after many kinds of use.
 */
export let promiseOfGuard: (held: Holdable, id: number) => Promise<LockGuard>;

/** Whether a value is a guard, whatever its prototype. */
export let isGuard: (value: unknown) => value is LockGuard;

/** What a guard guards, and the id of its hold. */
export let holdOf: (guard: LockGuard) => { held: Holdable; id: number };

/** Gives a guard whose hold has ended another hold of the same thing. */
export let renewGuard: (guard: LockGuard, id: number) => void;

/** What {@linkcode LockGuard.held} says, whatever a subclass makes of that. */
export let isActive: (guard: LockGuard) => boolean;

/**
 * Tells that a hold has ended. Every primitive calls it, whichever way a hold
 * ends: by its guard, or by hand, and then there is no guard.
 */
export function holdEnded(
  held: Observed,
  id: number,
  guard: object | undefined,
): void {
  if (observer !== undefined) observer.holdEnded(held, id, guard);
}

/**
 * A hold of a lock, of keys, or of permits. Whoever has the guard may enter the
 * critical section.
 *
 * It frees its own hold, once. Calling {@linkcode LockGuard.release} again, or
 * after somebody else has freed the lock, does nothing. So `using`, `finally` and
 * a call by hand may be mixed freely, and a stale guard never lets two in.
 *
 * Guards come from `acquire()` and similar methods. They cannot be made by hand. A
 * guard that is forgotten keeps its lock locked for ever: take it with `using`,
 * release it in a `finally`, or let `run()` do both.
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
  readonly #held: Holdable;
  #id = RELEASED;

  static {
    printAs(this.prototype, (guard) =>
      #id in guard &&
      printed(
        guard,
        "LockGuard",
        undefined,
        isActive(guard) ? "held" : "released",
      ));
    isActive = (guard) =>
      guard.#id !== RELEASED && guard.#held[isHeld](guard.#id);
    guardOf = (held, id) => {
      const guard = new LockGuard(held);
      // Not in the constructor: after this store V8 knows the guard's shape and
      // resolves a promise with it without looking for a `then`.
      guard.#id = id;
      if (observer !== undefined) observer.holdBegan(guard, held, id);
      return guard;
    };
    promiseOfGuard = (held, id) => Promise.resolve(guardOf(held, id));
    isGuard = (value): value is LockGuard =>
      typeof value === "object" && value !== null && #id in value;
    holdOf = (guard) => ({ held: guard.#held, id: guard.#id });
    renewGuard = (guard, id) => {
      guard.#id = id;
      if (observer !== undefined) observer.holdBegan(guard, guard.#held, id);
    };
  }

  /** @ignore */
  constructor(held: Holdable) {
    this.#held = held;
  }

  /**
   * Whether this guard still holds what it was given. For a guard of several keys:
   * whether it still holds all of them.
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
    return isActive(this);
  }

  /**
   * Ends the hold. The longest waiter has the lock before the call returns. If the
   * hold has already ended, nothing happens.
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
    const id = this.#id;
    if (id === RELEASED) return;
    this.#id = RELEASED;
    this.#held[endHold](id, this);
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
   * @returns A promise that is already resolved.
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
    return new Promise((resolve) => resolve(this.release()));
  }
}
