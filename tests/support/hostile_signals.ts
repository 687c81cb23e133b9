/** Signals that are not the platform's own, and what can be waited for with them. */

import { KeyedLock, Lock } from "../../mod.ts";
import type { AcquireOptions } from "../../mod.ts";

/** The least that a signal has to have. */
class PolyfillSignal {
  aborted = false;
  reason: unknown = undefined;
  readonly listeners = new Set<() => void>();

  addEventListener(_type: string, listener: () => void): void {
    this.listeners.add(listener);
  }

  removeEventListener(_type: string, listener: () => void): void {
    this.listeners.delete(listener);
  }

  abort(reason?: unknown): void {
    this.aborted = true;
    this.reason = reason;
    for (const listener of this.listeners) listener();
  }
}

/** Makes a polyfill. The overrides, which may be getters, replace its own. */
export function makeSignal(
  overrides: object & ThisType<PolyfillSignal> = {},
): AbortSignal & PolyfillSignal {
  const signal = new PolyfillSignal();
  const properties = Object.getOwnPropertyDescriptors(overrides);
  return Object.defineProperties(signal, properties) as never;
}

/** Something that is held, so that all others wait for it. */
export interface Held {
  wait(options?: AcquireOptions): Promise<Disposable>;
  /** Ends the hold that was there first. */
  free(): void;
  cancel(reason: unknown): void;
  /** How many wait. */
  readonly waiting: number;
  /** Whether anybody holds it, waits for it or is about to have it. */
  readonly isUsed: boolean;
}

function heldLock(free: (lock: Lock) => () => void): Held {
  const lock = new Lock();
  return {
    free: free(lock),
    wait: (options) => lock.acquire(options),
    cancel: (reason) => lock.cancel(reason),
    get waiting() {
      return lock.waiting;
    },
    get isUsed() {
      return lock.locked;
    },
  };
}

function heldKeys(
  wait: (lock: KeyedLock, options?: AcquireOptions) => Promise<Disposable>,
): Held {
  const lock = new KeyedLock();
  const guard = lock.tryAcquire("b")!;
  return {
    free: () => guard.release(),
    wait: (options) => wait(lock, options),
    cancel: (reason) => lock.cancelAll(reason),
    get waiting() {
      return lock.waiting("b");
    },
    get isUsed() {
      return lock.size > 0;
    },
  };
}

/** Each way to wait for a lock. */
export const waysToWait: Record<string, () => Held> = {
  "Lock.acquire()": () =>
    heldLock((lock) => {
      const guard = lock.tryAcquire()!;
      return () => guard.release();
    }),
  "Lock.acquire() of a hold that is freed by hand": () =>
    heldLock((lock) => {
      lock.tryAcquire();
      return () => lock.release();
    }),
  "KeyedLock.acquire()": () =>
    heldKeys((lock, options) => lock.acquire("b", options)),
  "KeyedLock.acquireAll()": () =>
    heldKeys((lock, options) => lock.acquireAll(["a", "b", "c"], options)),
};
