/**
 * Private: the one observer that is told of every hold and every wait. There is
 * none unless somebody asks for one, so it costs a comparison.
 *
 * @module
 */

/** Symbol of the method that says what a hold or a wait is about. */
export const about: unique symbol = Symbol("about");

/** What a hold or a wait is about. */
export interface About {
  /** The public name of its class or function: `Lock`. */
  readonly primitive: string;
  readonly name?: string | undefined;
  /** The key, or an array of keys. */
  readonly key?: unknown;
  readonly mode?: "read" | "write";
  readonly permits?: number;
  /** How many permits there are in all, if they can be counted. */
  readonly of?: number;
  /** What it takes all of: the locks of several keys. */
  readonly parts?: readonly Observed[];
}

/** What can be held or waited for. */
export interface Observed {
  /** @param amount What a waiter asks for, or the id of a hold. */
  [about](amount: unknown): About;
}

/**
 * Is told of everything that is held or waited for, in the call that brings it
 * about. It must neither throw nor use a primitive.
 */
export interface Observer {
  /**
   * A public method is being called. What begins in it has been brought about
   * by its caller, so stacks begin there.
   */
  called(method: (...args: never[]) => unknown): void;
  /** A hold has begun. After a wait, this comes before the end of the wait. */
  holdBegan(guard: object, held: Observed, id: number): void;
  /** A hold has ended. Without a guard, it was ended by hand. */
  holdEnded(held: Observed, id: number, guard: object | undefined): void;
  /**
   * A wait has begun.
   *
   * @param waiter Tells waits apart.
   * @param resource What it waits for.
   * @param request How much of it. A guard asks for the hold that it had.
   */
  waitBegan(waiter: object, resource: Observed, request: unknown): void;
  /**
   * A wait has ended: with what it waited for, or with `undefined`. Whoever has
   * waited does not know yet.
   */
  waitEnded(waiter: object, outcome: unknown): void;
  /** Calls `fn` for a `run()`, inside the hold of a guard. */
  callInside<T>(guard: object, fn: () => T): T;
}

/** The present observer. */
export let observer: Observer | undefined;

/** Hides a call from the observer: what it does is part of something larger. */
export function unobserved<T>(fn: () => T): T {
  const present = observer;
  observer = undefined;
  try {
    return fn();
  } finally {
    observer = present;
  }
}

/** Sets the observer, or removes it. */
export function setObserver(next: Observer | undefined): void {
  observer = next;
}
