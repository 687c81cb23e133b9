/**
 * What anything with a queue does, written from its promises in the plainest
 * way: calls in the order in which they came.
 *
 * @module
 */

import type { ReferenceLimits } from "./limits.ts";
import { newCall, ReferenceWaits, type WaitCall } from "./reference_waits.ts";

/** A call: it waits, holds, or is over. */
export interface Call<R> extends WaitCall {
  readonly request: R;
  held: boolean;
}

/** The first call that waits is granted as soon as it fits. Nobody passes it. */
export abstract class ReferenceQueue<R> extends ReferenceWaits<Call<R>> {
  /** Those that hold. */
  holders: Call<R>[] = [];

  /** Whether a request can be granted beside those who hold. */
  protected abstract fits(request: R): boolean;

  acquire(request: R, limits: ReferenceLimits, now: number): Call<R> {
    const call = { ...newCall(limits, now), request, held: false };
    const passes = this.waiting === 0 && this.fits(request);
    if (limits.signal?.aborted || !passes) {
      return this.start(call, limits.timeout);
    }
    this.hold(call);
    return call;
  }

  tryAcquire(request: R): Call<R> | undefined {
    const limits = { signal: undefined, timeout: 0 };
    const call = this.acquire(request, limits, 0);
    return call.held ? call : undefined;
  }

  release(call: Call<R>): void {
    if (!call.held) return;
    call.held = false;
    this.holders = this.holders.filter((other) => other !== call);
    this.grant();
  }

  cancel(reason: string): void {
    this.endAll(() => reason);
  }

  protected hold(call: Call<R>): void {
    call.outcome = "granted";
    call.held = true;
    this.holders.push(call);
  }

  protected grant(): void {
    for (;;) {
      const [first] = this.calls;
      if (first === undefined) return;
      const isAborted = first.signal?.aborted ?? false;
      if (!isAborted && !this.fits(first.request)) return;
      this.calls.shift();
      if (isAborted) first.outcome = first.signal!.reason;
      else this.hold(first);
    }
  }

  /** Whoever leaves may make room for those behind. */
  protected override leave(
    which: (call: Call<R>) => boolean,
    outcome: string,
  ): void {
    super.leave(which, outcome);
    this.grant();
  }
}
