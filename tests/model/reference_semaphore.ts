/**
 * What a semaphore does, written from its promises in the plainest way.
 *
 * @module
 */

import type { ReferenceLimits } from "./limits.ts";
import { type Call, ReferenceQueue } from "./reference_queue.ts";

/** A request is a number of permits. */
export class ReferenceSemaphore extends ReferenceQueue<number> {
  permits: number;

  constructor(permits: number) {
    super();
    this.permits = permits;
  }

  get available(): number {
    return Math.max(0, this.permits - this.#taken);
  }

  override acquire(
    request: number,
    limits: ReferenceLimits,
    now: number,
  ): Call<number> {
    if (request <= this.permits) return super.acquire(request, limits, now);
    const outcome = "RangeError";
    return { request, signal: undefined, deadline: 0, outcome, held: false };
  }

  resize(permits: number): void {
    this.permits = permits;
    this.grant();
  }

  protected fits(request: number): boolean {
    return this.#taken + request <= this.permits;
  }

  get #taken(): number {
    return this.holders.reduce((sum, { request }) => sum + request, 0);
  }
}
