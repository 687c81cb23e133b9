/**
 * Private: running a function inside a hold.
 *
 * @module
 */

import {
  endHold,
  guardOf,
  type Holdable,
  holdOf,
  isActive,
  LockGuard,
} from "./guard.ts";
import { observer } from "./observer.ts";

/**
 * Runs `fn` inside a hold, which ends before the returned promise settles.
 *
 * @param entered The guard, or the promise of it if it takes waiting.
 * @returns What `fn` returns or throws.
 */
export function runHolding<T>(
  entered: LockGuard | Promise<LockGuard>,
  fn: () => T | PromiseLike<T>,
): Promise<T> {
  if (!(entered instanceof LockGuard)) return runLater(entered, fn);
  const { held, id } = holdOf(entered);
  return run(held, id, entered, fn);
}

/** The same for a hold that has just begun. It makes no guard if it can. */
export function runNow<T>(
  held: Holdable,
  id: number,
  fn: () => T | PromiseLike<T>,
): Promise<T> {
  const guard = observer === undefined ? undefined : guardOf(held, id);
  return run(held, id, guard, fn);
}

async function runLater<T>(
  entered: Promise<LockGuard>,
  fn: () => T | PromiseLike<T>,
): Promise<T> {
  const guard = await entered;
  try {
    // `lock.release()` may have ended this hold before it began, and somebody
    // else may be inside by now.
    if (!isActive(guard)) {
      throw new Error("Cannot run: somebody else has released this hold");
    }
    const result = callInside(guard, fn);
    const pending = pendingOf(result);
    return pending === undefined ? result as T : await pending;
  } finally {
    guard.release();
  }
}

function run<T>(
  held: Holdable,
  id: number,
  guard: LockGuard | undefined,
  fn: () => T | PromiseLike<T>,
): Promise<T> {
  let result;
  try {
    result = callInside(guard, fn);
    const pending = pendingOf(result);
    if (pending !== undefined) return releaseAfter(pending, held, id, guard);
  } catch (error) {
    held[endHold](id, guard);
    return Promise.reject(error);
  }
  // Nothing to wait for: this promise is the only one that it takes.
  held[endHold](id, guard);
  return Promise.resolve(result);
}

async function releaseAfter<T>(
  pending: PromiseLike<T>,
  held: Holdable,
  id: number,
  guard: LockGuard | undefined,
): Promise<T> {
  try {
    return await pending;
  } finally {
    held[endHold](id, guard);
  }
}

/** Calls a function inside the hold of a guard, if anybody wants to know. */
export function callInside<T>(guard: object | undefined, fn: () => T): T {
  return observer === undefined || guard === undefined
    ? fn()
    : observer.callInside(guard, fn);
}

/**
 * What to await before the hold ends: a promise, or any object with a `then`
 * method, also if only a proxy's `get` trap knows of it. That method is read once.
 */
export function pendingOf<T>(
  result: T | PromiseLike<T>,
): PromiseLike<T> | undefined {
  if (result instanceof Promise) return result;
  const isObject = typeof result === "object" || typeof result === "function";
  if (!isObject || result === null) return undefined;
  const { then } = result as PromiseLike<T>;
  if (typeof then !== "function") return undefined;
  return { then: (...args) => Reflect.apply(then, result, args) };
}
