/**
 * Something with a queue, driven side by side with its reference.
 *
 * @module
 */

import type { AcquireOptions, LockGuard } from "../../mod.ts";
import { drainMicrotasks } from "../support/promises.ts";
import type { CheckedSignal } from "./checked_signal.ts";
import { type Action, same } from "./explore.ts";
import type { FakeTimers } from "./fake_timers.ts";
import type { ReferenceLimits } from "./reference_lock.ts";
import type { Subject } from "./tasks.ts";

/** What is driven: a lock, a semaphore, a read-write lock. */
export interface Queued<R> {
  acquire(request: R, options?: AcquireOptions): Promise<LockGuard>;
  tryAcquire(request: R): LockGuard | undefined;
  run(
    request: R,
    fn: () => void | Promise<void>,
    options?: AcquireOptions,
  ): Promise<void>;
}

/** A call as the reference knows it. */
export interface Call {
  /** `waiting`, `granted`, or what it was rejected with. */
  outcome: string;
  readonly held: boolean;
}

/** What says how it should be. */
export interface Reference<R, C extends Call> {
  /** The calls that hold, if only a part of what they asked for. */
  readonly holders: readonly C[];
  /** How many calls wait with a timeout. */
  readonly timed: number;
  /** How many calls wait with the signal. */
  waitingWith(signal: AbortSignal): number;
  acquire(request: R, limits: ReferenceLimits, now: number): C;
  tryAcquire(request: R): C | undefined;
  /** What the guard's `release()` does. */
  release(call: C): void;
  abort(signal: AbortSignal, reason: string): void;
  /** Of all that wait, the first to run out of time does. */
  expireNext(): void;
}

/** Limits of a wait. Each is undefined if there is none. */
export interface CheckedLimits {
  readonly signal?: CheckedSignal | undefined;
  readonly timeout?: number | undefined;
}

/** One call. */
export interface Attempt<C extends Call = Call> {
  /** What should come of it. */
  readonly call: C;
  /** What has come of it, as far as a caller that awaits it can tell. */
  outcome: string;
  guard?: LockGuard;
  /** Ends the function that was given to `run()`. */
  finish?: () => void;
}

/** How many attempts are kept when they are over, to be released once more. */
const KEPT = 8;

/** Does the same to both, and compares them. */
export abstract class CheckedQueue<R, C extends Call> implements Subject {
  /** The attempts that wait or hold, and some that are over. */
  attempts: Attempt<C>[] = [];
  readonly #queued: Queued<R>;
  readonly #reference: Reference<R, C>;
  readonly #signals: readonly CheckedSignal[];
  readonly #timers: FakeTimers;
  /** Calls of `run()` that had to wait, and whether they return at once. */
  readonly #queuedRuns = new Map<C, boolean>();
  /** Calls whose function has been told to return. */
  #leaving: C[] = [];

  constructor(
    queued: Queued<R>,
    reference: Reference<R, C>,
    signals: readonly CheckedSignal[],
    timers: FakeTimers,
  ) {
    this.#queued = queued;
    this.#reference = reference;
    this.#signals = signals;
    this.#timers = timers;
    timers.clear();
  }

  /** Compares what the public properties say. */
  protected abstract checkState(): void;

  /** Rejects everyone who waits. */
  protected abstract cancelAll(): void;

  /** Is called when microtasks have run. */
  protected started(): void {}

  get isUnsettled(): boolean {
    return this.#leaving.length > 0 ||
      this.attempts.some(({ outcome, call }) => outcome !== call.outcome);
  }

  acquire(request: R, limits?: CheckedLimits): Attempt<C> {
    const attempt = this.#start(request, limits);
    this.#queued.acquire(request, optionsOf(limits)).then(
      (guard) => {
        attempt.guard = guard;
        attempt.outcome = "granted";
      },
      (error) => attempt.outcome = nameOf(error),
    );
    return attempt;
  }

  tryAcquire(request: R): Attempt<C> | undefined {
    const call = this.#reference.tryAcquire(request);
    const guard = this.#queued.tryAcquire(request);
    same("tryAcquire() !== undefined", guard !== undefined, call !== undefined);
    return call && guard && this.granted(call, guard);
  }

  /** The function returns at once, or else when {@linkcode release} is called. */
  run(request: R, atOnce: boolean, limits?: CheckedLimits): Attempt<C> {
    const attempt = this.#start(request, limits);
    const { call } = attempt;
    if (call.outcome === "waiting") this.#queuedRuns.set(call, atOnce);
    else if (call.held && atOnce) this.#return(call);
    const body = () => {
      attempt.outcome = "granted";
      if (atOnce) return;
      return new Promise<void>((resolve) => attempt.finish = resolve);
    };
    this.#queued.run(request, body, optionsOf(limits)).then(
      () => attempt.outcome = "returned",
      (error) => attempt.outcome = nameOf(error),
    );
    return attempt;
  }

  /** Ends a hold, also one that is over. */
  release(attempt: Attempt<C>): void {
    if (attempt.guard !== undefined) {
      attempt.guard.release();
      this.#reference.release(attempt.call);
    } else if (attempt.finish !== undefined) {
      attempt.finish();
      this.#leaving.push(attempt.call);
    }
  }

  abort(signal: CheckedSignal): void {
    // The reference is told at the moment at which the queue's listener runs.
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
    this.started();
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
    this.checkState();
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
    this.cancelAll();
    await this.drain();
    for (const attempt of this.attempts) this.release(attempt);
    await this.drain();
    this.check();
    same("holders at the end", this.#reference.holders.length, 0);
  }

  /** Notes a hold that began without a wait. */
  protected granted(call: C, guard: LockGuard): Attempt<C> {
    const attempt = { call, outcome: "granted", guard };
    this.attempts.push(attempt);
    return attempt;
  }

  #start(request: R, limits?: CheckedLimits): Attempt<C> {
    const { signal, timeout = Infinity } = limits ?? {};
    const call = this.#reference.acquire(
      request,
      { signal: signal?.signal, timeout },
      this.#timers.now,
    );
    const attempt = { call, outcome: "waiting" };
    this.attempts.push(attempt);
    return attempt;
  }

  /** What happens to the reference when a function that was run returns. */
  #return(call: C, outcome = "returned"): void {
    this.#reference.release(call);
    call.outcome = outcome;
  }

  #isOver({ call, outcome, guard }: Attempt<C>): boolean {
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
