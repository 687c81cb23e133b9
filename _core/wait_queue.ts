/**
 * Private: the one place where anything waits. Every primitive is a thin file
 * over {@linkcode WaitQueue}; none has a queue of its own.
 *
 * A waiter carries what it asks for, and the queue grants from the front as many
 * as fit. A waiter leaves by exactly one of grant, abort, timeout or cancel, in
 * the same tick as the cause, and takes its abort listener and its timer along.
 *
 * @module
 */

import { Fifo, type FifoNode } from "./fifo.ts";
import { type Observed, observer } from "./observer.ts";
import type { Limits } from "./options.ts";
import {
  Rejection,
  type Resolve,
  wait,
  type Waiter,
  waitForever,
  type WaitingRoom,
} from "./waiter.ts";

/** Symbol of the method that takes what a waiter asks for. */
export const admit: unique symbol = Symbol("admit");
/** Symbol of the method that is called when nobody waits any more. */
export const onEmpty: unique symbol = Symbol("onEmpty");
/** Symbol of the text that says what is in the way of those who wait. */
export const state: unique symbol = Symbol("state");

/** What a queue asks of the primitive that it belongs to. Runs no user code. */
export interface Resource<T, R = number> extends Observed {
  /** Takes what is asked for; gives nothing if it is not free. */
  [admit]?(request: R): T | undefined;
  /** The grant loop has looked, and nobody waits. */
  [onEmpty]?(): void;
  /** For the message of a timeout: `still held`. */
  readonly [state]: string;
}

/**
 * Who wins if a signal is aborted and the wait would get its outcome before the
 * signal's listener has run: the abort, since it came first, or the outcome,
 * since it is there. See `_core/DESIGN.md` for which primitive takes which.
 */
export type TieBreak = "abort wins" | "outcome wins";

/** Who may stand in a queue besides a waiter without limits. */
export interface QueueEntry<T, R> extends FifoNode {
  readonly request: R;
  /** Whether its signal is aborted, even if the listener has not run yet. */
  readonly isAborted: boolean;
  /** Whether it has a timeout, so that its caller goes on a microtask later. */
  readonly isTimed: boolean;
  /** Leaves the queue and rejects with the signal's reason. */
  abort(): void;
  /** These have been called when it has left the queue: */
  takenOut(): void;
  grant(outcome: T): void;
  reject(reason: unknown): void;
  rejectAborted(): void;
}

/** A waiter without limits, which asks for 1, is only its `resolve`. */
type Entry<T, R> = Resolve<T> | QueueEntry<T, R>;

// There is one grant loop at a time. Calls from inside it, which user code can
// make through patched signals, leave their queue here and return: recursion
// would run out of stack, and grant out of order.
/** Whether that loop runs: a hold that begins now has been waited for. */
export let isGranting = false;
// deno-lint-ignore no-explicit-any -- queues of all kinds
const lookNext: WaitQueue<any, any>[] = [];

/**
 * First come, first served.
 *
 * @typeParam T What a wait is granted.
 * @typeParam R What a waiter asks for. If it has no limits, that is 1.
 */
export class WaitQueue<T, R = number> extends Fifo<Entry<T, R>>
  implements WaitingRoom<T, R> {
  /**
   * The hold that a release by hand lets in, until its waiter starts. Kept here
   * because it takes a waiter to need it.
   */
  notStarted: { readonly id: number } | undefined = undefined;
  readonly resource: Resource<T, R>;

  constructor(resource: Resource<T, R>) {
    super();
    this.resource = resource;
  }

  /** Waits for a turn. See {@linkcode wait}. */
  wait(request: R, limits: Limits | undefined): Promise<T> {
    return limits === undefined && request === 1 && observer === undefined
      ? waitForever(this)
      : wait(this, request, limits);
  }

  /** Lets in as many as fit, from the front. */
  grant(): void {
    if (isGranting) {
      lookNext.push(this);
      return;
    }
    isGranting = true;
    try {
      this.#grantFromFront();
      // The list grows while it is worked through.
      for (let i = 0; i < lookNext.length; i++) lookNext[i]!.#grantFromFront();
    } finally {
      isGranting = false;
      if (lookNext.length > 0) lookNext.length = 0;
    }
  }

  /** Grants an outcome to everyone who waits now, the longest waiter first. */
  grantAll(outcome: () => T, tie: TieBreak): void {
    for (const entry of this.takeOutAll()) {
      if (typeof entry === "function") entry(outcome());
      else if (tie === "abort wins" && entry.isAborted) entry.rejectAborted();
      else entry.grant(outcome());
    }
  }

  /** Grants an outcome to at most so many, the longest waiter first. */
  grantFirst(count: number, outcome: () => T): void {
    while (count > 0 && this.first !== undefined) {
      const entry = this.first;
      if (typeof entry === "object" && entry.isAborted) {
        entry.abort(); // it came first, even if its listener has not run yet
      } else if (entry === this.first) { // else a patched `aborted` has ended it
        count--;
        this.removeFirst();
        if (typeof entry === "function") entry(outcome());
        else entry.grant(outcome());
      }
    }
  }

  /** Rejects everyone who waits now, the longest waiter first. */
  rejectAll(reason: () => unknown, tie: TieBreak): void {
    rejectAllOf([this], reason, tie);
  }

  /** How many ask for this much. It looks at each waiter. */
  count(request: R): number {
    return this.items().filter((entry) =>
      (typeof entry === "function" ? 1 : entry.request) === request
    ).length;
  }

  /** Evicts all aborted waiters, wherever they stand. */
  evictAllAborted(): void {
    for (const entry of this.items()) {
      if (typeof entry === "object" && entry.isAborted) entry.abort();
    }
  }

  /** Takes out everyone who waits now. The caller settles them. */
  takeOutAll(): Entry<T, R>[] {
    const entries = this.drain();
    for (const entry of entries) {
      if (typeof entry === "object") entry.takenOut();
    }
    return entries;
  }

  join(waiter: Waiter<T, R>): void {
    this.push(waiter);
  }

  leave(waiter: Waiter<T, R>): void {
    this.remove(waiter);
  }

  gaveUp(_reason: unknown): void {
    this.grant();
  }

  get state(): string {
    return `${this.resource[state]}, ${this.length} waiting`;
  }

  #grantFromFront(): void {
    const { resource } = this;
    for (let entry = this.first; entry !== undefined; entry = this.first) {
      if (typeof entry === "function") {
        const outcome = resource[admit]?.(1 as R);
        if (outcome === undefined) return;
        this.removeFirst();
        entry(outcome);
      } else if (entry.isAborted) {
        entry.abort(); // it came first, even if its listener has not run yet
      } else if (entry === this.first) { // else a patched `aborted` has ended it
        const outcome = resource[admit]?.(entry.request);
        if (outcome === undefined) return;
        this.removeFirst();
        entry.grant(outcome);
      }
    }
    resource[onEmpty]?.();
  }
}

/**
 * Rejects everyone who waits in some queues now. All leave before the first is
 * rejected, so that nobody is granted what another's rejection sets free.
 */
export function rejectAllOf<T, R>(
  queues: Iterable<WaitQueue<T, R>>,
  reason: () => unknown,
  tie: TieBreak,
): void {
  for (const entry of [...queues].flatMap((queue) => queue.takeOutAll())) {
    if (typeof entry === "function") entry(new Rejection(reason()));
    else if (tie === "abort wins" && entry.isAborted) entry.rejectAborted();
    else entry.reject(reason());
  }
}
