/**
 * A lock that takes the same steps as the reference.
 *
 * @module
 */

import type { AcquireOptions, KeyedLock, Lock, LockGuard } from "../../mod.ts";
import {
  type Attempt as AttemptOf,
  type CheckedLimits,
  CheckedQueue,
} from "./checked_queue.ts";
import type { CheckedSignal } from "./checked_signal.ts";
import { same } from "./explore.ts";
import type { FakeTimers } from "./fake_timers.ts";
import { type Call, ReferenceLock } from "./reference_lock.ts";

export type { CheckedLimits };

/** One call for keys. */
export type Attempt = AttemptOf<Call>;

/** Any kind of lock, as the checker sees it. */
export interface Locks {
  readonly size: number;
  keys(): Iterable<string>;
  isLocked(key: string): boolean;
  waiting(key: string): number;
  acquire(
    keys: readonly string[],
    options?: AcquireOptions,
  ): Promise<LockGuard>;
  tryAcquire(keys: readonly string[]): LockGuard | undefined;
  run(
    keys: readonly string[],
    fn: () => void | Promise<void>,
    options?: AcquireOptions,
  ): Promise<void>;
  release(key: string): void;
  cancel(key: string, reason: string): void;
}

/** One key goes to `acquire`, more (or none) to `acquireAll`. */
export function keyedLocks(lock: KeyedLock): Locks {
  const only = (keys: readonly string[]) =>
    keys.length === 1 ? keys[0] : undefined;
  return {
    get size() {
      return lock.size;
    },
    keys: () => lock.keys(),
    isLocked: (key) => lock.isLocked(key),
    waiting: (key) => lock.waiting(key),
    acquire(keys, options) {
      const key = only(keys);
      return key === undefined
        ? lock.acquireAll(keys, options)
        : lock.acquire(key, options);
    },
    tryAcquire(keys) {
      const key = only(keys);
      return key === undefined
        ? lock.tryAcquireAll(keys)
        : lock.tryAcquire(key);
    },
    run(keys, fn, options) {
      const key = only(keys);
      return key === undefined
        ? lock.runAll(keys, fn, options)
        : lock.run(key, fn, options);
    },
    release: (key) => lock.release(key),
    cancel: (key, reason) => lock.cancel(key, reason),
  };
}

/** Every key stands for the one lock. */
export function singleLock(lock: Lock, key: string): Locks {
  return {
    get size() {
      return lock.locked ? 1 : 0;
    },
    keys: () => lock.locked ? [key] : [],
    isLocked: () => lock.locked,
    waiting: () => lock.waiting,
    acquire: (_keys, options) => lock.acquire(options),
    tryAcquire: () => lock.tryAcquire(),
    run: (_keys, fn, options) => lock.run(fn, options),
    release: () => lock.release(),
    cancel: (_key, reason) => lock.cancel(reason),
  };
}

/** Does the same to the lock and to the reference. */
export class CheckedLock extends CheckedQueue<readonly string[], Call> {
  readonly #lock: Locks;
  readonly #keys: readonly string[];
  readonly #reference: ReferenceLock;

  constructor(
    lock: Locks,
    keys: readonly string[],
    signals: readonly CheckedSignal[],
    timers: FakeTimers,
  ) {
    const reference = new ReferenceLock();
    super(lock, reference, signals, timers);
    this.#lock = lock;
    this.#keys = keys;
    this.#reference = reference;
  }

  /** The lock's own `release()`. */
  free(key: string): void {
    const wasHeld = this.#reference.free(key);
    let threw = false;
    try {
      this.#lock.release(key);
    } catch {
      threw = true;
    }
    same("release() threw", threw, !wasHeld);
  }

  cancel(key: string): void {
    this.#reference.cancel(key, "cancelled");
    this.#lock.cancel(key, "cancelled");
  }

  /** Makes everybody leave, and checks that nothing is left. */
  override async end(): Promise<void> {
    await super.end();
    same("size at the end", this.#lock.size, 0);
  }

  protected cancelAll(): void {
    for (const key of this.#keys) this.cancel(key);
  }

  protected override started(): void {
    this.#reference.start();
  }

  protected checkState(): void {
    const locked = this.#keys.filter((key) => this.#reference.isLocked(key));
    same("size", this.#lock.size, locked.length);
    same("keys()", [...this.#lock.keys()].sort().join(), locked.join());
    for (const key of this.#keys) {
      const { isLocked, waiting } = this.#lock;
      same(`isLocked(${key})`, isLocked(key), locked.includes(key));
      same(`waiting(${key})`, waiting(key), this.#reference.waiting(key));
    }
  }
}
