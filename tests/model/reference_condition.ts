/**
 * What a lock and its conditions do, written from their promises in the plainest
 * way.
 *
 * @module
 */

import type { ReferenceLimits } from "./limits.ts";

/** A guard: whether it holds the lock. */
export interface ReferenceGuard {
  held: boolean;
}

/** A call of `acquire()`, `wait()` or `waitFor()`. */
export interface ConditionCall {
  readonly kind: "acquire" | "wait" | "waitFor";
  readonly guard: ReferenceGuard;
  /** The condition that it waits for, if any. */
  readonly condition: number;
  readonly signal: AbortSignal | undefined;
  /** When its timer fires, in milliseconds. */
  deadline: number;
  /** When it began to listen to the signal. */
  since: number;
  /** `waiting`, `back` until microtasks run, or what came of it. */
  outcome: string;
  /** What will come of it when its guard holds the lock again. */
  ending: string;
  /** For `waitFor()`: whether its time is over. */
  isTimeOver: boolean;
}

/** A lock, those who wait for it, and those who wait for a notification. */
export class ReferenceCondition {
  /** What the predicate of `waitFor()` says. */
  isReady = false;
  /** All calls that are not over, in the order in which they were made. */
  #calls: ConditionCall[] = [];
  /** Those who wait for the lock, in order. */
  #queue: ConditionCall[] = [];
  /** Those who wait for a notification, in order. */
  #waiting: ConditionCall[] = [];
  #holder: ReferenceGuard | undefined;
  /** Whom the lock's own `release()` let in, until microtasks run. */
  #notStarted: ReferenceGuard | undefined;
  #clock = 0;

  get isLocked(): boolean {
    return this.#holder !== undefined;
  }

  /** How many wait for the lock. */
  get queued(): number {
    return this.#queue.length;
  }

  /** How many wait for a notification. */
  waiting(condition: number): number {
    return this.#of(condition).length;
  }

  /** How many calls listen to the signal. */
  waitingWith(signal: AbortSignal): number {
    return this.#listening.filter((call) => call.signal === signal).length;
  }

  /** How many calls have a timer. */
  get timed(): number {
    return this.#timed.length;
  }

  acquire(limits: ReferenceLimits, now: number): ConditionCall {
    const call = this.#start("acquire", { held: false }, 0, limits, now);
    if (call.signal?.aborted) this.#end(call, call.signal.reason);
    else if (limits.timeout === 0 && this.isLocked) {
      this.#end(call, "TimeoutError");
    } else {
      this.#queue.push(call);
      this.#grant();
    }
    return call;
  }

  wait(
    kind: "wait" | "waitFor",
    guard: ReferenceGuard,
    condition: number,
    limits: ReferenceLimits,
    now: number,
  ): ConditionCall {
    const call = this.#start(kind, guard, condition, limits, now);
    if (!guard.held) this.#end(call, "Error");
    else if (kind === "waitFor" && this.isReady) this.#end(call, "notified");
    else if (limits.timeout === 0 && !call.signal?.aborted) {
      this.#end(call, "TimeoutError");
    } else this.#waitOutside(call);
    return call;
  }

  /** What the guard's `release()` does. */
  release(guard: ReferenceGuard): void {
    if (!guard.held) return;
    guard.held = false;
    this.#holder = undefined;
    this.#grant();
  }

  /** What the lock's own `release()` does. Says whether it may. */
  free(): boolean {
    const holder = this.#holder;
    if (holder === undefined || holder === this.#notStarted) return false;
    this.release(holder);
    this.#notStarted = this.#holder;
    return true;
  }

  /** Says whether it may. */
  notify(condition: number, count: number): boolean {
    if (!this.isLocked) return false;
    for (const call of this.#of(condition)) {
      if (count === 0) break;
      const isAborted = call.signal?.aborted ?? false;
      if (!isAborted) count--;
      this.#comeBack(call, isAborted ? call.signal!.reason : "notified");
    }
    return true;
  }

  cancel(condition: number, reason: string): void {
    for (const call of this.#of(condition)) {
      const { aborted = false, reason: cause } = call.signal ?? {};
      this.#comeBack(call, aborted ? cause : reason);
    }
  }

  /** What the lock's `cancel()` does: nobody loses a lock that it has to get. */
  cancelLock(reason: string): void {
    for (const call of [...this.#queue]) {
      if (call.kind === "acquire") {
        const { aborted = false, reason: cause } = call.signal ?? {};
        this.#end(call, aborted ? cause : reason);
      } else if (call.ending === "notified") call.ending = reason;
    }
  }

  abort(signal: AbortSignal, reason: string): void {
    for (const call of this.#listening) {
      if (call.signal === signal) this.#giveUp(call, reason);
    }
  }

  /** The first timer to fire does. */
  expireNext(): void {
    const next = Math.min(...this.#timed.map(({ deadline }) => deadline));
    const first = this.#timed.find(({ deadline }) => deadline === next)!;
    first.isTimeOver = !first.signal?.aborted;
    first.deadline = Infinity;
    this.#giveUp(first, "TimeoutError");
  }

  /** Microtasks run: calls of `waitFor()` go on, one after the other. */
  runMicrotasks(): void {
    this.#notStarted = undefined;
    for (;;) {
      const call = this.#calls.find(({ outcome }) => outcome === "back");
      if (call === undefined) return;
      if (call.ending !== "notified") this.#end(call, call.ending);
      else if (this.isReady) this.#end(call, "notified");
      else if (call.isTimeOver) this.#end(call, "TimeoutError");
      else if (!call.guard.held) this.#end(call, "Error");
      else {
        call.outcome = "waiting";
        this.#waitOutside(call);
      }
    }
  }

  /** In the order in which they began to. */
  get #listening(): ConditionCall[] {
    return this.#calls.filter((call) =>
      this.#waiting.includes(call) ||
      call.kind === "acquire" && this.#queue.includes(call)
    ).sort((a, b) => a.since - b.since);
  }

  get #timed(): ConditionCall[] {
    return this.#calls.filter((call) =>
      call.deadline < Infinity &&
      (call.kind === "waitFor" || this.#listening.includes(call))
    );
  }

  #of(condition: number): ConditionCall[] {
    return this.#waiting.filter((call) => call.condition === condition);
  }

  #start(
    kind: ConditionCall["kind"],
    guard: ReferenceGuard,
    condition: number,
    { signal, timeout }: ReferenceLimits,
    now: number,
  ): ConditionCall {
    const call = {
      kind,
      guard,
      condition,
      signal,
      deadline: now + timeout,
      since: this.#clock++,
      outcome: "waiting",
      ending: "granted",
      isTimeOver: false,
    };
    this.#calls.push(call);
    return call;
  }

  #end(call: ConditionCall, outcome: string): void {
    call.outcome = outcome;
    const others = (other: ConditionCall) => other !== call;
    this.#calls = this.#calls.filter(others);
    this.#queue = this.#queue.filter(others);
  }

  /** Frees the lock and waits, unless the signal is aborted. */
  #waitOutside(call: ConditionCall): void {
    if (call.signal?.aborted) return this.#end(call, call.signal.reason);
    call.since = this.#clock++;
    this.#waiting.push(call);
    this.release(call.guard);
  }

  #giveUp(call: ConditionCall, ending: string): void {
    if (this.#waiting.includes(call)) this.#comeBack(call, ending);
    else if (call.kind === "acquire") this.#end(call, ending);
  }

  /** The wait for the notification is over, that for the lock begins. */
  #comeBack(call: ConditionCall, ending: string): void {
    this.#waiting = this.#waiting.filter((other) => other !== call);
    this.#queue.push(call);
    call.ending = ending;
    this.#grant();
  }

  #grant(): void {
    while (!this.isLocked) {
      const call = this.#queue[0];
      if (call === undefined) return;
      this.#queue.shift();
      if (call.kind === "acquire" && call.signal?.aborted) {
        this.#end(call, call.signal.reason);
        continue;
      }
      this.#holder = call.guard;
      call.guard.held = true;
      if (call.kind === "waitFor") call.outcome = "back";
      else this.#end(call, call.ending);
    }
  }
}
