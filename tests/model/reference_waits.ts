/**
 * Calls that wait for one thing, in the order in which they came.
 *
 * @module
 */

import type { ReferenceLimits } from "./reference_lock.ts";

/** A call: it waits or is over. */
export interface WaitCall {
  readonly signal: AbortSignal | undefined;
  /** When it gives up, in milliseconds. */
  readonly deadline: number;
  /** `waiting`, or what came of it. */
  outcome: string;
}

/** What a gate and a barrier have in common. */
export class ReferenceWaits {
  /** Those that wait, in order. */
  protected calls: WaitCall[] = [];

  get waiting(): number {
    return this.calls.length;
  }

  /** How many calls wait with the signal. */
  waitingWith(signal: AbortSignal): number {
    return this.calls.filter((call) => call.signal === signal).length;
  }

  /** How many calls wait with a timeout. */
  get timed(): number {
    return this.calls.filter((call) => call.deadline < Infinity).length;
  }

  abort(signal: AbortSignal, reason: string): void {
    this.#leave((call) => call.signal === signal, reason);
  }

  /** Of all that wait, the first to run out of time does. */
  expireNext(): void {
    const next = Math.min(...this.calls.map(({ deadline }) => deadline));
    const first = this.calls.find(({ deadline }) => deadline === next);
    this.#leave((call) => call === first, "TimeoutError");
  }

  /** A call that has not been let through, and that waits if it may. */
  protected start({ signal, timeout }: ReferenceLimits, now: number): WaitCall {
    const call = { signal, deadline: now + timeout, outcome: "waiting" };
    if (signal?.aborted) call.outcome = signal.reason;
    else if (timeout === 0) call.outcome = "TimeoutError";
    else this.calls.push(call);
    return call;
  }

  /** Those whose signal is aborted leave, even if they have not heard of it. */
  protected evictAborted(): void {
    for (const call of this.calls) {
      if (call.signal?.aborted) call.outcome = call.signal.reason;
    }
    this.calls = this.calls.filter(({ outcome }) => outcome === "waiting");
  }

  /** Everyone else leaves with an outcome. */
  protected endAll(outcome: (index: number) => string): void {
    this.evictAborted();
    this.calls.forEach((call, index) => call.outcome = outcome(index));
    this.calls = [];
  }

  #leave(which: (call: WaitCall) => boolean, outcome: string): void {
    for (const call of this.calls.filter(which)) call.outcome = outcome;
    this.calls = this.calls.filter((call) => !which(call));
  }
}
