/**
 * Private: the one observer that is told of every hold and every wait. There is
 * none unless somebody asks for one, so it costs a comparison.
 *
 * @module
 */

import type { Holdable, LockGuard } from "./guard.ts";

/**
 * Is told of everything that is held or waited for, in the call that brings it
 * about. It must neither throw nor use a primitive.
 */
export interface Observer {
  /** A hold has begun. After a wait, this comes before the end of the wait. */
  holdBegan(guard: LockGuard, held: Holdable, id: number): void;
  /** A hold has ended. Holds that are ended by hand come without a guard. */
  holdEnded(held: Holdable, id: number, guard: LockGuard | undefined): void;
  /**
   * A wait has begun.
   *
   * @param waiter Tells waits apart.
   * @param resource What it waits for.
   * @param request How much of it.
   */
  waitBegan(waiter: object, resource: object, request: unknown): void;
  /** A wait has ended: with what it waited for, or with `undefined`. */
  waitEnded(waiter: object, outcome: unknown): void;
  /** Calls `fn` for a `run()`, inside the hold of a guard. */
  callInside<T>(guard: LockGuard, fn: () => T): T;
}

/** The present observer. */
export let observer: Observer | undefined;

/** Sets the observer, or removes it. */
export function setObserver(next: Observer | undefined): void {
  observer = next;
}
