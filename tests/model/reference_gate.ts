/**
 * What a gate does, written from its promises in the plainest way.
 *
 * @module
 */

import type { ReferenceLimits } from "./limits.ts";
import { newCall, ReferenceWaits, type WaitCall } from "./reference_waits.ts";

/** Open or closed, and those who wait. */
export class ReferenceGate extends ReferenceWaits {
  isOpen = false;

  wait(limits: ReferenceLimits, now: number): WaitCall {
    if (!this.isOpen) return this.start(newCall(limits, now), limits.timeout);
    return { signal: undefined, deadline: Infinity, outcome: "through" };
  }

  open(): void {
    this.isOpen = true;
    this.endAll(() => "through");
  }

  close(): void {
    this.isOpen = false;
  }

  cancel(reason: string): void {
    this.endAll(() => reason);
  }
}
