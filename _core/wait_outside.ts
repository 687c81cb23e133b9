/**
 * Private: waiting outside of a lock, for whoever holds it. The guard gets its
 * lock back, whichever way the wait ends.
 *
 * @module
 */

import { endHold, type Holdable, holdOf, type LockGuard } from "./guard.ts";
import type { Limits } from "./options.ts";
import type { WaitQueue } from "./wait_queue.ts";
import { Rejection, type TIMED_OUT, Waiter } from "./waiter.ts";

/** Symbol of the method that queues a waiter that asks for its guard's lock. */
export const letBackIn: unique symbol = Symbol("letBackIn");
/** Symbol of what `locked` says, whatever a subclass makes of that. */
export const isLocked: unique symbol = Symbol("isLocked");

/** A lock that its holder may leave and come back to. */
export interface Reacquirable extends Holdable {
  /** Lets the waiter in when its turn comes. Its request is its guard. */
  [letBackIn](waiter: Waiter<LockGuard, LockGuard>): void;
  /** Whether the lock is held. */
  readonly [isLocked]: boolean;
}

/** How a wait outside has ended: as it should if it is `undefined`. */
type End = typeof TIMED_OUT | Rejection | undefined;

/** A wait outside of a lock. */
export interface WaitOutside {
  /** What waits. It stands in the queue until it wants back in. */
  readonly waiter: Waiter<void, LockGuard>;
  /** Settles when the guard holds its lock again; may give `TIMED_OUT`. */
  readonly back: Promise<void>;
}

/**
 * Frees the lock of a guard, waits in a queue, and gets the lock back. Limits
 * only cut short the wait in that queue.
 *
 * @param isLate Whether the caller goes on a microtask after it is back.
 */
export function waitOutside(
  queue: WaitQueue<void, LockGuard>,
  lock: Reacquirable,
  guard: LockGuard,
  limits: Limits | undefined,
  isLate: boolean,
): WaitOutside {
  let resolve!: (end: End) => void;
  const back = new Promise<void>((resolveBack) => {
    resolve = resolveBack as typeof resolve;
  });
  const comeBack = (end: End): void => {
    const waiter = new Returning(guard, isLate, end, resolve);
    lock[letBackIn](waiter);
  };
  const waiter = new Waiter<void, LockGuard>(
    guard,
    comeBack as (end: unknown) => void,
    (reason) => comeBack(new Rejection(reason)),
  );
  // First it waits and then the lock is free: who gets in may notify at once.
  waiter.start(queue, limits);
  lock[endHold](holdOf(guard).id, guard);
  return { waiter, back };
}

/** Waits to get the lock back, and has to get it: nothing can reject it. */
class Returning extends Waiter<LockGuard, LockGuard> {
  readonly #isLate: boolean;
  #end: End;

  constructor(
    guard: LockGuard,
    isLate: boolean,
    end: End,
    resolve: (end: End) => void,
  ) {
    super(guard, () => resolve(this.#end), () => {});
    this.#isLate = isLate;
    this.#end = end;
  }

  override get isTimed(): boolean {
    return this.#isLate;
  }

  /** Keeps its place: those who are cancelled with it have left by now. */
  override takenOut(): void {
    this.room!.join(this);
  }

  /** Rejects when the guard holds the lock, unless the wait has failed before. */
  override reject(reason: unknown): void {
    this.#end ??= new Rejection(reason);
  }
}
