/**
 * What anything with a queue does, written from its promises in the plainest
 * way: calls in the order in which they came.
 *
 * @module
 */

import type { ReferenceLimits } from "./reference_lock.ts";

/** A call: it waits, holds, or is over. */
export interface Call<R> {
  readonly request: R;
  readonly signal: AbortSignal | undefined;
  /** When it gives up, in milliseconds. */
  readonly deadline: number;
  /** `waiting`, `granted`, or what it was rejected with. */
  outcome: string;
  held: boolean;
}

/** The first call that waits is granted as soon as it fits. Nobody passes it. */
export abstract class ReferenceQueue<R> {
  /** Those that wait, in order. */
  #waiting: Call<R>[] = [];
  /** Those that hold. */
  holders: Call<R>[] = [];

  /** Whether a request can be granted beside those who hold. */
  protected abstract fits(request: R): boolean;

  /** How many calls wait, or how many of those that wait for this. */
  waiting(request?: R): number {
    return this.#which((call) =>
      request === undefined || call.request === request
    ).length;
  }

  /** How many calls wait with the signal. */
  waitingWith(signal: AbortSignal): number {
    return this.#which((call) => call.signal === signal).length;
  }

  /** How many calls wait with a timeout. */
  get timed(): number {
    return this.#which((call) => call.deadline < Infinity).length;
  }

  acquire(
    request: R,
    { signal, timeout }: ReferenceLimits,
    now: number,
  ): Call<R> {
    const deadline = now + timeout;
    const call = { request, signal, deadline, outcome: "waiting", held: false };
    if (signal?.aborted) call.outcome = signal.reason;
    else if (this.#waiting.length === 0 && this.fits(request)) this.hold(call);
    else if (timeout === 0) call.outcome = "TimeoutError";
    else this.#waiting.push(call);
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
    const calls = this.#waiting;
    this.#waiting = [];
    for (const call of calls) {
      // The listener of an aborted signal may not have run, but the abort came
      // first.
      const { aborted = false, reason: cause } = call.signal ?? {};
      call.outcome = aborted ? cause : reason;
    }
  }

  abort(signal: AbortSignal, reason: string): void {
    this.#reject(this.#which((call) => call.signal === signal), reason);
  }

  /** Of all that wait, the first to run out of time does. */
  expireNext(): void {
    const next = Math.min(...this.#waiting.map(({ deadline }) => deadline));
    const first = this.#waiting.find(({ deadline }) => deadline === next)!;
    this.#reject([first], "TimeoutError");
  }

  protected hold(call: Call<R>): void {
    call.outcome = "granted";
    call.held = true;
    this.holders.push(call);
  }

  protected grant(): void {
    for (;;) {
      const [first] = this.#waiting;
      if (first === undefined) return;
      const isAborted = first.signal?.aborted ?? false;
      if (!isAborted && !this.fits(first.request)) return;
      this.#waiting.shift();
      if (isAborted) first.outcome = first.signal!.reason;
      else this.hold(first);
    }
  }

  #which(which: (call: Call<R>) => boolean): Call<R>[] {
    return this.#waiting.filter(which);
  }

  #reject(calls: Call<R>[], reason: string): void {
    for (const call of calls) call.outcome = reason;
    this.#waiting = this.#waiting.filter((call) => !calls.includes(call));
    this.grant();
  }
}
