/**
 * Private: the one place where anything waits. Every primitive is a thin file
 * over {@linkcode WaitQueue}; none has a queue of its own.
 *
 * A waiter leaves by exactly one of grant, abort, timeout or cancel, in the
 * same tick as the cause, and takes its abort listener and its timer along.
 * Joining, granting and leaving from the middle cost the same however many
 * wait.
 *
 * @module
 */

import { type Limits, timeoutError } from "./_arguments.ts";

/** The longest delay that timers take; above it they wrap and fire at once. */
const MAX_DELAY = 2 ** 31 - 1;

/**
 * What stands in a {@linkcode WaitQueue}: a link of its doubly linked list.
 * `queue` is set exactly while it does.
 */
export interface Place {
  queue: unknown;
  previous: Place | undefined;
  next: Place | undefined;
  /** Whether it still waits; else it has left by now, its signal aborted. */
  stillWaits(): boolean;
  /** Leaves the queue, rejecting whoever waits. */
  reject(reason: unknown): void;
}

/**
 * First come, first served. What they wait for, the owner knows: it asks for
 * {@linkcode WaitQueue.next} when there is something to grant.
 *
 * @typeParam T What a wait is granted.
 * @typeParam P What may stand in it besides a {@linkcode Waiter}.
 */
export class WaitQueue<T, P extends Place = never> {
  /** The one that has waited longest. */
  first: Waiter<T> | P | undefined = undefined;
  #last: Place | undefined = undefined;
  length = 0;

  /** How many wait, as the message of a timeout gives it. */
  get waiting(): number {
    return this.length;
  }

  /** Called when a waiter has left by abort or timeout; does nothing here. */
  onGiveUp(_reason: unknown): void {}

  /**
   * Joins the queue.
   *
   * @returns What the wait is granted, once it is.
   * @throws {DOMException} A `TimeoutError` where there is no time to wait.
   */
  wait(limits?: Limits): Promise<T> {
    if (limits?.timeout === 0) throw timeoutError(limits, this.waiting);
    const promise = new Promise<T>(handOver);
    const waiter = new Waiter<T>(handedOver!);
    handedOver = undefined; // or it would keep what the wait is granted
    // Before it joins: should a signal that is not the platform's own throw
    // here, nothing of this wait is left.
    if (limits !== undefined) waiter.limit(limits);
    this.push(waiter);
    return limits !== undefined && limits.timeout < Infinity
      ? this.#orTimeoutError(promise, limits)
      : promise;
  }

  push(place: Waiter<T> | P): void {
    place.queue = this;
    place.previous = this.#last;
    if (this.#last === undefined) this.first = place;
    else this.#last.next = place;
    this.#last = place;
    this.length++;
  }

  /** Takes out a place of this very queue. */
  remove(place: Place): void {
    const { previous, next } = place;
    if (previous === undefined) this.first = next as Waiter<T> | P | undefined;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    place.queue = place.previous = place.next = undefined;
    this.length--;
  }

  /** The one that has waited longest and goes on waiting. It stays there. */
  next(): Waiter<T> | P | undefined {
    // The first may have to go: its signal is aborted while other listeners of
    // that signal still run. The abort came first, so no grant may win here.
    while (this.first !== undefined && !this.first.stillWaits());
    return this.first;
  }

  /** Rejects everyone, the longest waiter first, each with its own reason. */
  cancel(reason: () => unknown): void {
    // All leave before the first is rejected, so that nobody is granted what
    // another's rejection sets free.
    const places = [];
    for (let place = this.next(); place !== undefined; place = this.next()) {
      places.push(place);
      this.remove(place);
    }
    for (const place of places) place.reject(reason());
  }

  /**
   * The error is made here and not in the timer's callback since here its stack
   * goes on to the caller that awaits.
   */
  async #orTimeoutError(promise: Promise<T>, limits: Limits): Promise<T> {
    const outcome = await promise;
    if (outcome === TIMED_OUT) throw timeoutError(limits, this.waiting);
    return outcome;
  }
}

/** What a wait is granted when its time is over. */
const TIMED_OUT: unknown = Symbol();

// One executor for all promises, which hands `resolve` over in a variable: a
// closure for each costs 20 ns more.
let handedOver: ((outcome: unknown) => void) | undefined;
function handOver(resolve: (outcome: never) => void): void {
  handedOver = resolve as typeof handedOver;
}

/** The ways out of a wait that the waiter brings along. */
interface Exits {
  readonly signal: AbortSignal | undefined;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/**
 * One wait: its place in the queue and its promise, of which it keeps just the
 * `resolve` function. A {@linkcode Rejection} rejects through that one too;
 * keeping `reject` as well would take 64 bytes more a waiter.
 */
export class Waiter<T> implements Place {
  queue: WaitQueue<T, Place> | undefined = undefined;
  previous: Place | undefined = undefined;
  next: Place | undefined = undefined;
  readonly #resolve: (outcome: unknown) => void;
  #exits: Exits | undefined = undefined;

  constructor(resolve: (outcome: unknown) => void) {
    this.#resolve = resolve;
  }

  limit({ signal, timeout }: Limits): void {
    this.#exits = { signal, timer: undefined };
    if (signal !== undefined) Watched.add(signal, this);
    if (timeout < Infinity) this.#giveUpAfter(this.#exits, timeout);
  }

  stillWaits(): boolean {
    if (this.#exits?.signal?.aborted) this.abort();
    return this.queue !== undefined;
  }

  grant(value: T): void {
    this.#leave(value);
  }

  reject(reason: unknown): void {
    this.#leave(new Rejection(reason));
  }

  abort(): void {
    const { reason } = this.#exits!.signal!;
    this.#giveUp(new Rejection(reason), reason);
  }

  /** Leaves of its own accord, of which the queue's owner is told. */
  #giveUp(outcome: unknown, reason?: unknown): void {
    const { queue } = this;
    this.#leave(outcome);
    queue?.onGiveUp(reason);
  }

  #leave(outcome: unknown): void {
    this.queue?.remove(this);
    this.#resolve(outcome);
    if (this.#exits === undefined) return;
    const { signal, timer } = this.#exits;
    clearTimeout(timer);
    if (signal !== undefined) Watched.remove(signal, this);
  }

  #giveUpAfter(exits: Exits, delay: number): void {
    exits.timer = setTimeout(() => {
      if (delay > MAX_DELAY) this.#giveUpAfter(exits, delay - MAX_DELAY);
      else this.#giveUp(TIMED_OUT);
    }, Math.min(delay, MAX_DELAY));
  }
}

/**
 * Rejects the promise that is resolved with it, in that very call: looking for
 * `then` is the first thing that resolving does.
 */
class Rejection {
  readonly #reason: unknown;

  constructor(reason: unknown) {
    this.#reason = reason;
  }

  get then(): never {
    throw this.#reason;
  }
}

/** A waiter of whatever kind. */
interface Abortable {
  abort(): void;
}

/** Those who wait with a signal, in whichever queues, and their one listener. */
class Watchers extends Set<Abortable> {
  readonly listener = () => {
    for (const waiter of this) waiter.abort();
  };
}

/** Returns what it is given, so a class that extends it adds its fields there. */
class Given {
  constructor(object: object) {
    return object;
  }
}

/**
 * A signal with its watchers in a private field, where nobody else sees them. A
 * WeakMap would do as well, but takes the garbage collector so long that waits
 * with 100 000 signals cost twice as much.
 *
 * Adding a listener takes time linear in those that a signal has, so all waits
 * with one signal share one: 10 000 waits with a listener each take 19 µs
 * apiece, together 0.4 µs.
 */
class Watched extends Given {
  #watchers: Watchers | undefined = undefined;

  static add(signal: AbortSignal, waiter: Abortable): void {
    const watched = #watchers in signal ? signal : new Watched(signal);
    if (watched.#watchers === undefined) {
      const watchers = new Watchers();
      signal.addEventListener("abort", watchers.listener);
      watched.#watchers = watchers;
    }
    watched.#watchers.add(waiter);
  }

  static remove(signal: AbortSignal, waiter: Abortable): void {
    const watched = signal as AbortSignal & Watched;
    const watchers = watched.#watchers!;
    watchers.delete(waiter);
    if (watchers.size > 0) return;
    watched.#watchers = undefined;
    signal.removeEventListener("abort", watchers.listener);
  }
}
