/**
 * A lock that takes the same steps as the reference.
 *
 * @module
 */

import type { AcquireOptions, KeyedLock, Lock, LockGuard } from "../../mod.ts";
import { CheckedQueue } from "./checked_queue.ts";
import type { CheckedSignal } from "./checked_signal.ts";
import { same, throws } from "./explore.ts";
import type { FakeTimers } from "./fake_timers.ts";
import { type Call, ReferenceLock } from "./reference_lock.ts";

/** Any kind of lock, as the checker sees it. `"ab"` stands for two keys. */
export interface Locks {
  readonly size: number;
  keys(): Iterable<string>;
  isLocked(key: string): boolean;
  waiting(key: string): number;
  acquire(keys: string, options?: AcquireOptions): Promise<LockGuard>;
  tryAcquire(keys: string): LockGuard | undefined;
  run(
    keys: string,
    fn: () => void | Promise<void>,
    options?: AcquireOptions,
  ): Promise<void>;
  release(key: string): void;
  cancel(key: string, reason: string): void;
}

/** One key goes to `acquire`, more (or none) to `acquireAll`. */
export function keyedLocks(lock: KeyedLock): Locks {
  return {
    get size() {
      return lock.size;
    },
    keys: () => lock.keys(),
    isLocked: (key) => lock.isLocked(key),
    waiting: (key) => lock.waiting(key),
    acquire: (keys, options) =>
      keys.length === 1
        ? lock.acquire(keys, options)
        : lock.acquireAll([...keys], options),
    tryAcquire: (keys) =>
      keys.length === 1 ? lock.tryAcquire(keys) : lock.tryAcquireAll([...keys]),
    run: (keys, fn, options) =>
      keys.length === 1
        ? lock.run(keys, fn, options)
        : lock.runAll([...keys], fn, options),
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
export class CheckedLock extends CheckedQueue<string, Call> {
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
    const release = () => this.#lock.release(key);
    same("release() threw", throws(release), !wasHeld);
  }

  cancel(key: string): void {
    this.#reference.cancel(key, "cancelled");
    this.#lock.cancel(key, "cancelled");
  }

  override async end(): Promise<void> {
    await super.end();
    same("size at the end", this.#lock.size, 0);
  }

  endAll(): void {
    for (const key of this.#keys) this.cancel(key);
  }

  protected override microtasksRan(): void {
    this.#reference.start();
    super.microtasksRan();
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
