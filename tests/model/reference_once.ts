/**
 * What a function made by `once` does, written from its promises in the
 * plainest way.
 *
 * @module
 */

import type { ReferenceLimits } from "./limits.ts";
import { newCall, type WaitCall } from "./reference_waits.ts";

/** How a run ends. */
export type Ending =
  | { readonly value: string }
  | { readonly error: string; readonly isKept: boolean };

/** One run of the function. */
export interface OnceRun {
  callers: WaitCall[];
  /** Whether the last caller has left. */
  isAbandoned: boolean;
}

/** Callers, runs, and what is remembered. */
export class ReferenceOnce {
  /** All runs that were ever started. */
  readonly runs: OnceRun[] = [];
  #current: OnceRun | undefined;
  #remembered: Ending | undefined;
  readonly #onAbandoned: () => void;

  /** @param onAbandoned Is called when the last caller of a run has left. */
  constructor(onAbandoned: () => void) {
    this.#onAbandoned = onAbandoned;
  }

  get state(): string {
    if (this.#current !== undefined) return "running";
    if (this.#remembered === undefined) return "idle";
    return "value" in this.#remembered ? "done" : "failed";
  }

  /** How many calls wait with the signal. */
  waitingWith(signal: AbortSignal): number {
    return this.#callers.filter((call) => call.signal === signal).length;
  }

  /** How many calls wait with a timeout. */
  get timed(): number {
    return this.#callers.filter((call) => call.deadline < Infinity).length;
  }

  call(limits: ReferenceLimits, now: number): WaitCall {
    const call = newCall(limits, now);
    if (this.#remembered !== undefined) {
      call.outcome = outcomeOf(this.#remembered);
    } else if (call.signal?.aborted) {
      call.outcome = call.signal.reason;
    } else if (limits.timeout === 0) {
      call.outcome = "TimeoutError";
    } else {
      if (this.#current === undefined) {
        this.#current = { callers: [], isAbandoned: false };
        this.runs.push(this.#current);
      }
      this.#current.callers.push(call);
    }
    return call;
  }

  abort(signal: AbortSignal, reason: string): void {
    this.#leave((call) => call.signal === signal, reason);
  }

  /** Of all that wait, the first to run out of time does. */
  expireNext(): void {
    const next = Math.min(...this.#callers.map(({ deadline }) => deadline));
    const first = this.#callers.find(({ deadline }) => deadline === next);
    this.#leave((call) => call === first, "TimeoutError");
  }

  /** The function has returned. */
  end(run: OnceRun, ending: Ending): void {
    for (const call of run.callers) call.outcome = outcomeOf(ending);
    run.callers = [];
    if (run !== this.#current) return;
    this.#current = undefined;
    if ("value" in ending || ending.isKept) this.#remembered = ending;
  }

  reset(): void {
    this.#current = this.#remembered = undefined;
  }

  /** Those who wait, in the order in which they came. */
  get #callers(): WaitCall[] {
    return this.runs.flatMap((run) => run.callers);
  }

  #leave(which: (call: WaitCall) => boolean, outcome: string): void {
    for (const run of this.runs) {
      const leaving = run.callers.filter(which);
      if (leaving.length === 0) continue;
      for (const call of leaving) call.outcome = outcome;
      run.callers = run.callers.filter((call) => !which(call));
      if (run.callers.length > 0) continue;
      run.isAbandoned = true;
      if (run === this.#current) this.#current = undefined;
      this.#onAbandoned();
    }
  }
}

function outcomeOf(ending: Ending): string {
  return "value" in ending ? ending.value : ending.error;
}
