/**
 * Synchronization primitives for asynchronous code in Deno, Node, Bun and
 * browsers, like those of `asyncio` in Python.
 *
 * - {@linkcode Lock}: one task inside at a time. Fair, cancellable, fast.
 * - {@linkcode Semaphore}: at most a given number of tasks inside at a time.
 * - {@linkcode RwLock}: many readers at a time, or one writer.
 * - {@linkcode KeyedLock}: a lock for each key, and several keys at once without
 *   deadlock.
 * - {@linkcode once}: runs a function once for many callers, and again after a
 *   failure.
 * - {@linkcode Gate}: tasks wait until it opens.
 * - {@linkcode Condition}: the holder of a lock waits for a change that another
 *   holder makes.
 * - {@linkcode Barrier}: tasks wait until all of them have arrived.
 *
 * @example
 * ```ts
 * import { Lock } from "@holdfast/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const lock = new Lock();
 * let counter = 0;
 *
 * async function increment() {
 *   using _ = await lock.acquire();
 *   const current = counter;
 *   await Promise.resolve(); // others run here, but not inside
 *   counter = current + 1;
 * }
 *
 * await Promise.all([increment(), increment(), increment()]);
 * assertEquals(counter, 3);
 * ```
 *
 * @module
 */

export * from "./barrier.ts";
export * from "./condition.ts";
export * from "./gate.ts";
export * from "./keyed_lock.ts";
export * from "./lock.ts";
export * from "./once.ts";
export * from "./rw_lock.ts";
export * from "./semaphore.ts";
export type { Hold, Locks } from "./across/_locks.ts";
