/**
 * Private: one wait, from its call to its end. It owns the abort listener and
 * the timer of the wait.
 *
 * @module
 */

import {
  type Abortable,
  abortReason,
  isAborted,
  listen,
  type Registration,
  unlisten,
} from "./abort_listener.ts";
import { timeoutError } from "./errors.ts";
import type { FifoNode } from "./fifo.ts";
import { type Observed, observer } from "./observer.ts";
import type { Limits } from "./options.ts";
import { Timer } from "./timer.ts";

/** Where a waiter waits: a queue, or the queues of several keys. */
export interface WaitingRoom<T, R> {
  /** Lets a waiter in. Throws only if nothing has changed. */
  join(waiter: Waiter<T, R>): void;
  /** Takes out a waiter that gives up. */
  leave(waiter: Waiter<T, R>): void;
  /**
   * A waiter has given up. Others may fit now.
   *
   * @param reason Why, or {@linkcode TIMED_OUT}.
   */
  gaveUp(reason: unknown): void;
  /** What is in the way, for the message of a timeout: `still held, 2 waiting`. */
  readonly state: string;
  /** What is waited for. */
  readonly resource: Observed;
}

/** Resolves the promise of a wait. */
export type Resolve<T> = (outcome: T | Rejection | typeof TIMED_OUT) => void;

/** What a wait resolves with if its time is over. */
export const TIMED_OUT: unique symbol = Symbol("timed out");

// One executor for all promises, which leaves the functions here: a closure for
// each promise costs 20 ns more. They have to be fetched right afterwards.
let capturedResolve: ((outcome: unknown) => void) | undefined;
let capturedReject: ((reason: unknown) => void) | undefined;
function captureResolvers(
  resolve: (outcome: never) => void,
  reject: (reason: unknown) => void,
): void {
  capturedResolve = resolve as typeof capturedResolve;
  capturedReject = reject;
}

/**
 * Starts a wait without limits. Only its `resolve` is kept, so that nothing else
 * of it costs time or memory.
 */
export function waitForever<T>(
  queue: { push(resolve: Resolve<T>): void },
): Promise<T> {
  const promise = new Promise<T>(captureResolvers);
  queue.push(capturedResolve!);
  capturedResolve = capturedReject = undefined; // else they would keep the outcome alive
  return promise;
}

/**
 * Starts a wait.
 *
 * @returns What the wait is granted. A wait with a timeout settles one microtask
 * after its grant.
 * @throws {DOMException} A `TimeoutError` if there is no time to wait.
 */
export function wait<T, R>(
  room: WaitingRoom<T, R>,
  request: R,
  limits: Limits | undefined,
): Promise<T> {
  if (limits?.timeout === 0) {
    throw timeoutError(limits.failure, 0, room.state);
  }
  const promise = new Promise<T>(captureResolvers);
  const waiter = new Waiter<T, R>(request, capturedResolve!, capturedReject!);
  capturedResolve = capturedReject = undefined;
  waiter.start(room, limits);
  return limits !== undefined && limits.timeout < Infinity
    ? orTimeoutError(promise, room, limits)
    : promise;
}

/**
 * Makes the error of a timeout here and not in the timer's callback, since here
 * its async stack includes the caller.
 */
export async function orTimeoutError<T, R>(
  promise: Promise<T>,
  room: WaitingRoom<T, R>,
  { failure, timeout }: Limits,
): Promise<T> {
  const outcome: unknown = await promise;
  if (outcome === TIMED_OUT) throw timeoutError(failure, timeout, room.state);
  return outcome as T;
}

/** A wait that may give up, or that asks for more than 1, or is observed. */
export class Waiter<T, R> implements FifoNode, Abortable {
  slot = 0;
  /** What it asks for. */
  readonly request: R;
  readonly #resolve: Resolve<T>;
  readonly #reject: (reason: unknown) => void;
  // Set exactly while it waits there.
  #room: WaitingRoom<T, R> | undefined = undefined;
  #signal: AbortSignal | undefined = undefined;
  #registration: Registration | undefined = undefined;
  #timer: Timer | undefined = undefined;

  constructor(
    request: R,
    resolve: Resolve<T>,
    reject: (reason: unknown) => void,
  ) {
    this.request = request;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Where it waits; nowhere if it does not wait any more. */
  get room(): WaitingRoom<T, R> | undefined {
    return this.#room;
  }

  /** Whether its signal is aborted, even if the listener has not run yet. */
  get isAborted(): boolean {
    return this.#signal !== undefined && isAborted(this.#signal);
  }

  /** Whether it has a timeout, so that its caller goes on a microtask later. */
  get isTimed(): boolean {
    return this.#timer !== undefined;
  }

  start(room: WaitingRoom<T, R>, limits: Limits | undefined): void {
    this.#room = room;
    room.join(this);
    // Joining can run code of foreign signals that ends this wait.
    if (observer !== undefined && this.#room !== undefined) {
      observer.waitBegan(this, room.resource, this.request);
    }
    if (limits === undefined) return;
    try {
      if (limits.timeout < Infinity) {
        this.#timer = new Timer(limits.timeout, () => this.timeOut());
      }
      if (limits.signal !== undefined) this.#giveUpOn(limits.signal);
    } catch (error) {
      const room = this.#leave();
      if (room !== undefined) this.#giveUp(room, error); // else it ended first
    }
  }

  /** Ends the wait with what it waits for. It has already left the queue. */
  grant(outcome: T): void {
    this.#room = undefined;
    this.#tellEnd(outcome);
    this.#resolve(outcome);
    this.#cleanUp();
  }

  /** Ends the wait without. It has already left the queue. */
  reject(reason: unknown): void {
    this.#room = undefined;
    this.#tellEnd(undefined);
    this.#reject(reason);
    this.#cleanUp();
  }

  /** Ends the wait with the reason of its signal. It has left the queue. */
  rejectAborted(): void {
    this.reject(abortReason(this.#signal!));
  }

  /** Notes that it has been taken out of the queue and will be settled soon. */
  takenOut(): void {
    this.#room = undefined;
  }

  /** Gives up because its signal is aborted. Does nothing if the wait is over. */
  abort(): void {
    const room = this.#leave();
    // Read once, and only now: a getter may run user code.
    if (room !== undefined) this.#giveUp(room, abortReason(this.#signal!));
  }

  /** Gives up because its time is over. Does nothing if the wait is over. */
  timeOut(): void {
    const room = this.#leave();
    if (room === undefined) return;
    this.#tellEnd(undefined);
    this.#resolve(TIMED_OUT);
    this.#cleanUp();
    room.gaveUp(TIMED_OUT);
  }

  #leave(): WaitingRoom<T, R> | undefined {
    const room = this.#room;
    this.#room = undefined;
    room?.leave(this);
    return room;
  }

  #giveUp(room: WaitingRoom<T, R>, reason: unknown): void {
    this.reject(reason);
    room.gaveUp(reason);
  }

  #giveUpOn(signal: AbortSignal): void {
    this.#signal = signal;
    this.#registration = listen(signal, this);
    // A patched addEventListener may have ended the wait or aborted the signal.
    if (this.#room === undefined) this.#stopListening();
    else if (isAborted(signal)) this.abort();
  }

  // Comes first, so that what the observer does in a microtask is done before
  // the caller goes on.
  #tellEnd(outcome: T | undefined): void {
    if (observer !== undefined) observer.waitEnded(this, outcome);
  }

  #cleanUp(): void {
    this.#timer?.clear();
    this.#timer = undefined;
    this.#stopListening();
  }

  #stopListening(): void {
    const registration = this.#registration;
    this.#registration = undefined;
    if (registration !== undefined) unlisten(registration);
  }
}

/**
 * Rejects the promise that is resolved with it, in that very call: looking for
 * `then` is the first thing that resolving does.
 */
export class Rejection {
  readonly #reason: unknown;

  constructor(reason: unknown) {
    this.#reason = reason;
  }

  get then(): never {
    throw this.#reason;
  }
}
