/**
 * Calls that wait for one thing, in the order in which they came.
 *
 * @module
 */

import type { ReferenceLimits } from "./limits.ts";

/** A call: it waits or is over. */
export interface WaitCall {
  readonly signal: AbortSignal | undefined;
  /** When it gives up, in milliseconds. */
  readonly deadline: number;
  /** `waiting`, or what came of it. */
  outcome: string;
}

/** What a gate, a barrier and a queue have in common. */
export class ReferenceWaits<C extends WaitCall = WaitCall> {
  /** Those that wait, in order. */
  protected calls: C[] = [];

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
    this.leave((call) => call.signal === signal, reason);
  }

  /** Of all that wait, the first to run out of time does. */
  expireNext(): void {
    const next = Math.min(...this.calls.map(({ deadline }) => deadline));
    const first = this.calls.find(({ deadline }) => deadline === next);
    this.leave((call) => call === first, "TimeoutError");
  }

  /** A call that has not been let through waits if it may. */
  protected start(call: C, timeout: number): C {
    if (call.signal?.aborted) call.outcome = call.signal.reason;
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

  protected leave(which: (call: C) => boolean, outcome: string): void {
    for (const call of this.calls.filter(which)) call.outcome = outcome;
    this.calls = this.calls.filter((call) => !which(call));
  }
}

/** A call as it begins. */
export function newCall(
  { signal, timeout }: ReferenceLimits,
  now: number,
): WaitCall {
  return { signal, deadline: now + timeout, outcome: "waiting" };
}
