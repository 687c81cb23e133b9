/**
 * Calls that may wait, driven side by side with a reference.
 *
 * @module
 */

import { drainMicrotasks } from "../support/promises.ts";
import type { CheckedSignal } from "./checked_signal.ts";
import { type Action, same } from "./explore.ts";
import type { FakeTimers } from "./fake_timers.ts";
import type { Subject } from "./tasks.ts";

/** A call as the reference knows it. */
export interface Call {
  /** `waiting`, or what should come of it. */
  readonly outcome: string;
}

/** One call. */
export interface Attempt<C extends Call = Call> {
  readonly call: C;
  /** What has come of it, as far as a caller that awaits it can tell. */
  outcome: string;
}

/** What the reference knows of limits. */
export interface Reference {
  /** How many calls wait with a timeout. */
  readonly timed: number;
  /** How many calls wait with the signal. */
  waitingWith(signal: AbortSignal): number;
  abort(signal: AbortSignal, reason: string): void;
  /** Of all that wait, the first to run out of time does. */
  expireNext(): void;
}

/** How many attempts are kept when they are over, to be used once more. */
const KEPT = 8;

/** Compares outcomes, listeners and timers. */
export abstract class CheckedWaits<
  C extends Call,
  A extends Attempt<C> = Attempt<C>,
> implements Subject {
  /** The attempts that are not over, and some that are. */
  attempts: A[] = [];
  readonly #reference: Reference;
  readonly #signals: readonly CheckedSignal[];
  readonly #timers: FakeTimers;

  constructor(
    reference: Reference,
    signals: readonly CheckedSignal[],
    timers: FakeTimers,
  ) {
    this.#reference = reference;
    this.#signals = signals;
    this.#timers = timers;
    timers.clear();
  }

  /** Ends all waits. */
  abstract endAll(): void;

  /** Compares what the public properties say. */
  protected abstract checkState(): void;

  /** Tells the reference that microtasks have run. */
  protected microtasksRan(): void {}

  protected isOver({ outcome }: A): boolean {
    return outcome !== "waiting";
  }

  get isUnsettled(): boolean {
    return this.attempts.some(({ outcome, call }) => outcome !== call.outcome);
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
    this.microtasksRan();
    for (const { outcome, call } of this.attempts) {
      same("outcome", outcome, call.outcome);
    }
    const over = this.attempts.filter((attempt) => this.isOver(attempt));
    const old = new Set(over.slice(0, -KEPT));
    this.attempts = this.attempts.filter((attempt) => !old.has(attempt));
  }

  check(): void {
    this.checkState();
    for (const { signal, listeners } of this.#signals) {
      const waiting = this.#reference.waitingWith(signal);
      same("listeners", listeners, waiting > 0 ? 1 : 0);
    }
    same("timers", this.#timers.armed, this.#reference.timed);
  }

  /** Makes everybody leave, and checks that nothing is left. */
  async end(): Promise<void> {
    this.endAll();
    await this.drain();
    this.check();
    const waiting = this.attempts.filter((it) => it.outcome === "waiting");
    same("waiting at the end", waiting.length, 0);
  }

  protected get now(): number {
    return this.#timers.now;
  }

  /** Notes an attempt, and what comes of it. */
  protected observe<T>(
    attempt: A,
    promise: Promise<T>,
    done: (value: T) => string,
  ): A {
    this.attempts.push(attempt);
    promise.then(
      (value) => attempt.outcome = done(value),
      (error) => attempt.outcome = nameOf(error),
    );
    return attempt;
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}
