/**
 * What a barrier does, written from its promises in the plainest way.
 *
 * @module
 */

import type { ReferenceLimits } from "./limits.ts";
import { newCall, ReferenceWaits, type WaitCall } from "./reference_waits.ts";

/** How many there should be, those who have arrived, and whether it is broken. */
export class ReferenceBarrier extends ReferenceWaits {
  readonly parties: number;
  /** Why, if it is broken. */
  broken: string | undefined;

  constructor(parties: number) {
    super();
    this.parties = parties;
  }

  wait(limits: ReferenceLimits, now: number): WaitCall {
    const call = newCall(limits, now);
    const { signal, timeout } = limits;
    if (signal?.aborted) return this.start(call, timeout);
    if (this.broken !== undefined) return { ...call, outcome: this.broken };
    if (this.waiting + 1 >= this.parties) this.evictAborted();
    if (this.waiting + 1 < this.parties) return this.start(call, timeout);
    this.endAll(String);
    return { ...call, outcome: `${this.parties - 1}` };
  }

  reset(): void {
    this.broken = undefined;
    this.endAll(() => "AbortError");
  }

  breakWith(reason: string): void {
    this.broken ??= reason;
    this.endAll(() => reason);
  }
}
