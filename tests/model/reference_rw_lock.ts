/**
 * What a read-write lock does, written from its promises in the plainest way.
 *
 * @module
 */

import { type Call, ReferenceQueue } from "./reference_queue.ts";

/** The two sides. */
export type Side = "read" | "write";

/** Any number of readers hold it, or one writer. */
export class ReferenceRwLock extends ReferenceQueue<Side> {
  isLocked(side: Side): boolean {
    return this.holders.some(({ request }) => request === side);
  }

  waitingFor(side: Side): number {
    return this.calls.filter(({ request }) => request === side).length;
  }

  /** Gives a read hold for a write hold, or nothing if there is none. */
  downgrade(call: Call<Side>): Call<Side> | undefined {
    if (!call.held || call.request === "read") return undefined;
    call.held = false;
    this.holders = [];
    const reading = { ...call, request: "read" as const };
    this.hold(reading);
    this.grant();
    return reading;
  }

  protected fits(request: Side): boolean {
    return request === "read"
      ? !this.isLocked("write")
      : this.holders.length === 0;
  }
}
