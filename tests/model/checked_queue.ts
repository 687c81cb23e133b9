/**
 * Something with a queue and holds, driven side by side with its reference.
 *
 * @module
 */

import type { AcquireOptions, LockGuard } from "../../mod.ts";
import type { CheckedSignal } from "./checked_signal.ts";
import {
  type Attempt as AttemptOf,
  CheckedWaits,
  type Reference as ReferenceWaits,
} from "./checked_waits.ts";
import { same } from "./explore.ts";
import type { FakeTimers } from "./fake_timers.ts";
import {
  type CheckedLimits,
  optionsOf,
  type ReferenceLimits,
  referenceLimits,
} from "./limits.ts";

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
export interface Reference<R, C extends Call> extends ReferenceWaits {
  /** The calls that hold, if only a part of what they asked for. */
  readonly holders: readonly C[];
  acquire(request: R, limits: ReferenceLimits, now: number): C;
  tryAcquire(request: R): C | undefined;
  /** What the guard's `release()` does. */
  release(call: C): void;
}

/** One call. */
export interface Attempt<C extends Call = Call> extends AttemptOf<C> {
  guard?: LockGuard;
  /** Ends the function that was given to `run()`. */
  finish?: () => void;
}

/** Does the same to both, and compares them. */
export abstract class CheckedQueue<R, C extends Call>
  extends CheckedWaits<C, Attempt<C>> {
  readonly #queued: Queued<R>;
  readonly #reference: Reference<R, C>;
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
    super(reference, signals, timers);
    this.#queued = queued;
    this.#reference = reference;
  }

  override get isUnsettled(): boolean {
    return this.#leaving.length > 0 || super.isUnsettled;
  }

  acquire(request: R, limits?: CheckedLimits): Attempt<C> {
    const attempt = this.#start(request, limits);
    const guard = this.#queued.acquire(request, optionsOf(limits));
    return this.observe(attempt, guard, (guard) => {
      attempt.guard = guard;
      return "granted";
    });
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
    const running = this.#queued.run(request, body, optionsOf(limits));
    return this.observe(attempt, running, () => "returned");
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

  override check(): void {
    super.check();
    for (const { guard, call } of this.attempts) {
      if (guard !== undefined) same("held", guard.held, call.held);
    }
  }

  override async end(): Promise<void> {
    await super.end();
    for (const attempt of this.attempts) this.release(attempt);
    await this.drain();
    this.check();
    same("holders at the end", this.#reference.holders.length, 0);
  }

  protected override microtasksRan(): void {
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
  }

  protected override isOver(attempt: Attempt<C>): boolean {
    if (!super.isOver(attempt)) return false;
    if (attempt.guard === undefined) return attempt.outcome !== "granted";
    return !this.#reference.holders.includes(attempt.call);
  }

  /** Notes a hold that began without a wait. */
  protected granted(call: C, guard: LockGuard): Attempt<C> {
    const attempt = { call, outcome: "granted", guard };
    this.attempts.push(attempt);
    return attempt;
  }

  #start(request: R, limits?: CheckedLimits): Attempt<C> {
    const of = referenceLimits(limits);
    const call = this.#reference.acquire(request, of, this.now);
    return { call, outcome: "waiting" };
  }

  /** What happens to the reference when a function that was run returns. */
  #return(call: C, outcome = "returned"): void {
    this.#reference.release(call);
    call.outcome = outcome;
  }
}
