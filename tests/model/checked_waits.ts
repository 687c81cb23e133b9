/**
 * Calls that may wait, driven side by side with a reference.
 *
 * @module
 */

import type { AcquireOptions } from "../../mod.ts";
import { drainMicrotasks } from "../support/promises.ts";
import type { CheckedLimits } from "./checked_lock.ts";
import type { CheckedSignal } from "./checked_signal.ts";
import { type Action, same } from "./explore.ts";
import type { FakeTimers } from "./fake_timers.ts";
import type { ReferenceLimits } from "./reference_lock.ts";
import type { SignalName, Step, Subject } from "./tasks.ts";

/** One call. */
export interface Attempt<C> {
  /** What should come of it. */
  readonly call: C;
  /** What has come of it, as far as a caller that awaits it can tell. */
  outcome: string;
}

/** What the reference knows of limits. */
export interface Limited {
  /** How many calls wait with a timeout. */
  readonly timed: number;
  waitingWith(signal: AbortSignal): number;
  abort(signal: AbortSignal, reason: string): void;
  expireNext(): void;
}

/** Compares outcomes, listeners and timers. */
export abstract class CheckedWaits<C extends { readonly outcome: string }>
  implements Subject {
  /** Those that wait, as far as their callers can tell. */
  #attempts: Attempt<C>[] = [];
  readonly #reference: Limited;
  readonly #signals: readonly CheckedSignal[];
  readonly #timers: FakeTimers;

  constructor(
    reference: Limited,
    signals: readonly CheckedSignal[],
    timers: FakeTimers,
  ) {
    this.#reference = reference;
    this.#signals = signals;
    this.#timers = timers;
    timers.clear();
  }

  /** Compares what the public properties say. */
  protected abstract checkState(): void;

  /** Ends all waits. */
  protected abstract endAll(): void;

  get isUnsettled(): boolean {
    return this.#attempts.some(({ outcome, call }) => outcome !== call.outcome);
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
    for (const { outcome, call } of this.#attempts) {
      same("outcome", outcome, call.outcome);
    }
    this.#attempts = this.#attempts.filter((it) => it.outcome === "waiting");
  }

  check(): void {
    this.checkState();
    for (const { signal, listeners } of this.#signals) {
      const waiting = this.#reference.waitingWith(signal);
      same("listeners", listeners, waiting > 0 ? 1 : 0);
    }
    same("timers", this.#timers.armed, this.#reference.timed);
  }

  /** Has everybody leave, and checks that nothing is left. */
  async end(): Promise<void> {
    this.endAll();
    await this.drain();
    this.check();
    same("waiting at the end", this.#attempts.length, 0);
  }

  protected get now(): number {
    return this.#timers.now;
  }

  protected observe(
    call: C,
    promise: Promise<unknown>,
    done: (value: unknown) => string,
  ): Attempt<C> {
    const attempt = { call, outcome: "waiting" };
    this.#attempts.push(attempt);
    promise.then(
      (value) => attempt.outcome = done(value),
      (error) => attempt.outcome = nameOf(error),
    );
    return attempt;
  }
}

/** Limits as the reference takes them. */
export function referenceLimits(limits?: CheckedLimits): ReferenceLimits {
  const { signal, timeout = Infinity } = limits ?? {};
  return { signal: signal?.signal, timeout };
}

/** Limits as the library takes them. */
export function optionsOf(limits?: CheckedLimits): AcquireOptions | undefined {
  if (limits === undefined) return undefined;
  return { signal: limits.signal?.signal, timeout: limits.timeout };
}

/** Whether a call throws. */
export function throws(call: () => void): boolean {
  try {
    call();
    return false;
  } catch {
    return true;
  }
}

/** Limits as steps name them. */
export interface StepLimits {
  readonly signal?: SignalName;
  readonly timeout?: number;
}

/** A step that makes a call which may wait. */
export function waiting<S, A extends { readonly outcome: string }>(
  what: string,
  limits: StepLimits | undefined,
  wait: (
    subject: S,
    limits: CheckedLimits | undefined,
    attempts: readonly (A | undefined)[],
  ) => A | undefined,
): Step<S, A> {
  const { signal, timeout } = limits ?? {};
  const words = [what];
  if (signal !== undefined) words.push(`with ${signal} signal`);
  if (timeout !== undefined) words.push(`within ${timeout} ms`);
  return {
    label: words.join(" "),
    signal,
    timeout,
    run(subject, { attempts, signals }) {
      const checked = limits && { signal: signal && signals[signal], timeout };
      attempts.push(wait(subject, checked, attempts));
    },
  };
}

/** Has a listener of the shared signal take the step. */
export function onAbort<S, A extends { readonly outcome: string }>(
  step: Step<S, A>,
): Step<S, A> {
  return {
    label: `on abort ${step.label}`,
    signal: "shared",
    run: (subject, task) =>
      task.signals.shared.onAbort(() => step.run(subject, task)),
  };
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}
