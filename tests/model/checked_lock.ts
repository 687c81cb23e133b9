/**
 * A lock that takes the same steps as the reference.
 *
 * @module
 */

import type { AcquireOptions, KeyedLock, Lock, LockGuard } from "../../mod.ts";
import { drainMicrotasks } from "../support/promises.ts";
import type { CheckedSignal } from "./checked_signal.ts";
import { type Action, same } from "./explore.ts";
import type { FakeTimers } from "./fake_timers.ts";
import { type Call, ReferenceLock } from "./reference_lock.ts";
import type { Subject } from "./tasks.ts";

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

/** Limits of a wait. Each is undefined if there is none. */
export interface CheckedLimits {
  readonly signal?: CheckedSignal | undefined;
  readonly timeout?: number | undefined;
}

/** One call for keys. */
export interface Attempt {
  /** What should come of it. */
  readonly call: Call;
  /** What has come of it, as far as a caller that awaits it can tell. */
  outcome: string;
  guard?: LockGuard;
  /** Ends the function that was given to `run()`. */
  finish?: () => void;
}

/** How many attempts are kept when they are over, to be released once more. */
const KEPT = 8;

/** Does the same to the lock and to the reference. */
export class CheckedLock implements Subject {
  /** The attempts that wait or hold, and some that are over. */
  attempts: Attempt[] = [];
  readonly #lock: Locks;
  readonly #keys: readonly string[];
  readonly #signals: readonly CheckedSignal[];
  readonly #timers: FakeTimers;
  readonly #reference = new ReferenceLock();
  /** Calls of `run()` that had to wait, and whether they return at once. */
  readonly #queuedRuns = new Map<Call, boolean>();
  /** Calls whose function has been told to return. */
  #leaving: Call[] = [];

  constructor(
    lock: Locks,
    keys: readonly string[],
    signals: readonly CheckedSignal[],
    timers: FakeTimers,
  ) {
    this.#lock = lock;
    this.#keys = keys;
    this.#signals = signals;
    this.#timers = timers;
    timers.clear();
  }

  get isUnsettled(): boolean {
    return this.#leaving.length > 0 ||
      this.attempts.some(({ outcome, call }) => outcome !== call.outcome);
  }

  acquire(keys: readonly string[], limits?: CheckedLimits): Attempt {
    const attempt = this.#start(keys, limits);
    this.#lock.acquire(keys, optionsOf(limits)).then(
      (guard) => {
        attempt.guard = guard;
        attempt.outcome = "granted";
      },
      (error) => attempt.outcome = nameOf(error),
    );
    return attempt;
  }

  tryAcquire(keys: readonly string[]): Attempt | undefined {
    const call = this.#reference.tryAcquire(keys);
    const guard = this.#lock.tryAcquire(keys);
    same("tryAcquire() !== undefined", guard !== undefined, call !== undefined);
    if (call === undefined || guard === undefined) return undefined;
    const attempt = { call, outcome: "granted", guard };
    this.attempts.push(attempt);
    return attempt;
  }

  /** The function returns at once, or else when {@linkcode release} is called. */
  run(
    keys: readonly string[],
    atOnce: boolean,
    limits?: CheckedLimits,
  ): Attempt {
    const attempt = this.#start(keys, limits);
    const { call } = attempt;
    if (call.outcome === "waiting") this.#queuedRuns.set(call, atOnce);
    else if (call.outcome === "granted" && atOnce) this.#return(call);
    const body = () => {
      attempt.outcome = "granted";
      if (atOnce) return;
      return new Promise<void>((resolve) => attempt.finish = resolve);
    };
    this.#lock.run(keys, body, optionsOf(limits)).then(
      () => attempt.outcome = "returned",
      (error) => attempt.outcome = nameOf(error),
    );
    return attempt;
  }

  /** Ends a hold, also one that is over. */
  release(attempt: Attempt): void {
    if (attempt.guard !== undefined) {
      attempt.guard.release();
      this.#reference.release(attempt.call);
    } else if (attempt.finish !== undefined) {
      attempt.finish();
      this.#leaving.push(attempt.call);
    }
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

  abort(signal: CheckedSignal): void {
    // The reference is told at the moment at which the lock's listener runs.
    const isToldLast = signal.ownComesFirst;
    if (!isToldLast) this.#reference.abort(signal.signal, signal.reason);
    signal.abort();
    if (isToldLast) this.#reference.abort(signal.signal, signal.reason);
  }

  /** The next timer may fire. */
  events(): Action[] {
    if (this.#timers.armed === 0) return [];
    return [{
      label: "a timer fires",
      run: () => {
        this.#reference.expireNext();
        this.#timers.fireNext();
      },
    }];
  }

  async drain(): Promise<void> {
    await drainMicrotasks();
    this.#reference.start();
    this.#leaving.forEach((call) => this.#return(call));
    this.#leaving = [];
    // Those granted meanwhile come later.
    for (const [call, atOnce] of this.#queuedRuns) {
      if (call.outcome === "waiting") continue;
      this.#queuedRuns.delete(call);
      if (call.outcome !== "granted") continue;
      if (!call.held) this.#return(call, "Error"); // freed before it began
      else if (atOnce) this.#return(call);
    }
    for (const { outcome, call } of this.attempts) {
      same("outcome", outcome, call.outcome);
    }
    const over = this.attempts.filter((attempt) => this.#isOver(attempt));
    const old = new Set(over.slice(0, -KEPT));
    this.attempts = this.attempts.filter((attempt) => !old.has(attempt));
  }

  check(): void {
    const locked = this.#keys.filter((key) => this.#reference.isLocked(key));
    same("size", this.#lock.size, locked.length);
    same("keys()", [...this.#lock.keys()].sort().join(), locked.join());
    for (const key of this.#keys) {
      const { isLocked, waiting } = this.#lock;
      same(`isLocked(${key})`, isLocked(key), locked.includes(key));
      same(`waiting(${key})`, waiting(key), this.#reference.waiting(key));
    }
    for (const { guard, call } of this.attempts) {
      if (guard !== undefined) same("held", guard.held, call.held);
    }
    for (const { signal, listeners } of this.#signals) {
      const waiting = this.#reference.waitingWith(signal);
      same("listeners", listeners, waiting > 0 ? 1 : 0);
    }
    same("timers", this.#timers.armed, this.#reference.timed);
  }

  /** Makes everybody leave, and checks that nothing is left. */
  async end(): Promise<void> {
    for (const key of this.#keys) this.cancel(key);
    await this.drain();
    for (const attempt of this.attempts) this.release(attempt);
    await this.drain();
    this.check();
    same("size at the end", this.#lock.size, 0);
  }

  #start(keys: readonly string[], limits?: CheckedLimits): Attempt {
    const { signal, timeout = Infinity } = limits ?? {};
    const call = this.#reference.acquire(
      keys,
      { signal: signal?.signal, timeout },
      this.#timers.now,
    );
    const attempt = { call, outcome: "waiting" };
    this.attempts.push(attempt);
    return attempt;
  }

  /** What happens to the reference when a function that was run returns. */
  #return(call: Call, outcome = "returned"): void {
    this.#reference.release(call);
    call.outcome = outcome;
  }

  #isOver({ call, outcome, guard }: Attempt): boolean {
    if (outcome === "waiting") return false;
    if (guard === undefined) return outcome !== "granted";
    return !this.#reference.holders.includes(call);
  }
}

function optionsOf(limits?: CheckedLimits): AcquireOptions | undefined {
  if (limits === undefined) return undefined;
  return { signal: limits.signal?.signal, timeout: limits.timeout };
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}
