/**
 * What a keyed lock does, written from its promises in the plainest way.
 *
 * @module
 */

import type { ReferenceLimits } from "./limits.ts";

/** A call for keys: it waits, holds, or is over. */
export interface Call {
  /** The keys that it waits for, and later the keys that it holds. */
  keys: readonly string[];
  readonly signal: AbortSignal | undefined;
  /** When it gives up, in milliseconds. */
  readonly deadline: number;
  /** `waiting`, `granted`, or what it was rejected with. */
  outcome: string;
  /** Whether it holds all that it was granted. */
  held: boolean;
}

/**
 * One list of calls in the order in which they came, searched from the start.
 * A call is granted when no earlier one in the list has a key in common with
 * it. Fairness, `acquireAll` and reserved keys all follow from that.
 */
export class ReferenceLock {
  /** The calls that wait or hold. */
  #calls: Call[] = [];
  /** Whom the lock's own `release()` let in, until microtasks run. */
  readonly #notStarted = new Set<Call>();

  isLocked(key: string): boolean {
    return this.#calls.some((call) => call.keys.includes(key));
  }

  isHeld(key: string): boolean {
    return this.#holderOf(key) !== undefined;
  }

  waiting(key: string): number {
    return this.#waiting((call) => call.keys.includes(key)).length;
  }

  /** How many calls wait with the signal. */
  waitingWith(signal: AbortSignal): number {
    return this.#waiting((call) => call.signal === signal).length;
  }

  /** How many calls wait with a timeout. */
  get timed(): number {
    return this.#waiting((call) => call.deadline < Infinity).length;
  }

  /** The calls that hold all or some of their keys. */
  get holders(): Call[] {
    return this.#calls.filter((call) => call.outcome === "granted");
  }

  acquire(
    request: string,
    { signal, timeout }: ReferenceLimits,
    now: number,
  ): Call {
    const keys = [...request];
    const deadline = now + timeout;
    const call = { keys, signal, deadline, outcome: "waiting", held: false };
    if (signal?.aborted) {
      call.outcome = signal.reason;
    } else if (timeout === 0 && keys.some((key) => this.isLocked(key))) {
      call.outcome = "TimeoutError";
    } else {
      this.#calls.push(call);
      this.#grant();
    }
    return call;
  }

  tryAcquire(request: string): Call | undefined {
    const limits = { signal: undefined, timeout: 0 };
    const call = this.acquire(request, limits, 0);
    return call.held ? call : undefined;
  }

  /** What the guard's `release()` does. */
  release(call: Call): void {
    call.held = false;
    this.#remove(call);
    this.#grant();
  }

  /** What the lock's own `release()` does. Says whether it may. */
  free(key: string): boolean {
    const holder = this.#holderOf(key);
    if (holder === undefined || this.#notStarted.has(holder)) {
      return false;
    }
    holder.held = false;
    holder.keys = holder.keys.filter((other) => other !== key);
    if (holder.keys.length === 0) this.#remove(holder);
    this.#grant();
    // It may have to wait for another key yet, but in this tick it can't start.
    const next = this.#calls.find((call) => call.keys.includes(key));
    if (next !== undefined) this.#notStarted.add(next);
    return true;
  }

  /** Microtasks have run: whoever was let in has started. */
  start(): void {
    this.#notStarted.clear();
  }

  cancel(key: string, reason: string): void {
    for (const call of this.#waiting(({ keys }) => keys.includes(key))) {
      // The abort came first, even if the lock's listener has not run yet.
      const { aborted = false, reason: cause } = call.signal ?? {};
      call.outcome = aborted ? cause : reason;
      this.#remove(call);
    }
    this.#grant();
  }

  abort(signal: AbortSignal, reason: string): void {
    this.#reject(this.#waiting((call) => call.signal === signal), reason);
  }

  /** Rejects the waiting call whose time is over first. */
  expireNext(): void {
    const waiting = this.#waiting(() => true);
    const next = Math.min(...waiting.map((call) => call.deadline));
    const first = waiting.find((call) => call.deadline === next)!;
    this.#reject([first], "TimeoutError");
  }

  #waiting(which: (call: Call) => boolean): Call[] {
    return this.#calls.filter((call) =>
      call.outcome === "waiting" && which(call)
    );
  }

  #holderOf(key: string): Call | undefined {
    return this.holders.find((call) => call.keys.includes(key));
  }

  #grant(): void {
    for (const call of this.#waiting(() => true)) {
      const earlier = this.#calls.slice(0, this.#calls.indexOf(call));
      if (call.keys.some((key) => earlier.some((e) => e.keys.includes(key)))) {
        continue;
      }
      if (call.signal?.aborted) { // here too the abort came first
        call.outcome = call.signal.reason;
        this.#remove(call);
      } else {
        call.outcome = "granted";
        call.held = true;
      }
    }
  }

  #reject(calls: Call[], reason: string): void {
    for (const call of calls) {
      call.outcome = reason;
      this.#remove(call);
    }
    this.#grant();
  }

  #remove(call: Call): void {
    this.#calls = this.#calls.filter((other) => other !== call);
  }
}
