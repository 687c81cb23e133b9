/**
 * Private: what is held and waited for, as a watch sees it.
 *
 * Nothing here leads to a guard. A primitive leads to its claims in a `WeakMap`,
 * so when the program forgets the primitive, its claims go too.
 *
 * @module
 */

import { type About, about, type Observed } from "../observer.ts";
import type { Fate } from "./fate.ts";
import type { Stack } from "./stack.ts";

/** Who holds a lock or a key, and who waits for it, the longest first. */
export class Subject {
  readonly resource: Observed;
  readonly holds = new Set<Hold>();
  readonly waits = new Set<Wait>();
  /** A list of only this. */
  readonly alone: readonly Subject[] = [this];
  /** Whether it stands in the list of all. */
  isListed = false;

  constructor(resource: Observed) {
    this.resource = resource;
  }

  get isIdle(): boolean {
    return this.holds.size === 0 && this.waits.size === 0;
  }

  /** How many holds of one permit have room in it. */
  get room(): number {
    const { mode, of = 1 } = this.resource[about](1);
    return mode === undefined ? of : ALL;
  }
}

/** The room of a read-write lock. A writer takes all of it. */
const ALL = Number.MAX_SAFE_INTEGER;

/** How many claims there have been. */
let claims = 0;

/** What is common to a hold and a wait. */
export abstract class Claim {
  /** Its place among all, in the order in which they began. */
  readonly place: number = claims++;
  readonly resource: Observed;
  /** What is asked for, or the id of the hold. */
  readonly amount: unknown;
  /** The resource, or each of its parts. */
  readonly subjects: readonly Subject[];
  #since = performance.now();
  stack: Stack;
  /** The run() that the call was made in. */
  outer: Scope | undefined;

  constructor(
    resource: Observed,
    amount: unknown,
    subjects: readonly Subject[],
    stack: Stack,
    outer: Scope | undefined,
  ) {
    this.resource = resource;
    this.amount = amount;
    this.subjects = subjects;
    this.stack = stack;
    this.outer = outer;
  }

  /** When it began. The clock of workerd stands at 0 until the first request. */
  get since(): number {
    return this.#since ||= performance.now();
  }

  get about(): About {
    return this.resource[about](this.amount);
  }

  /** How much of the room of each subject it takes. */
  get takes(): number {
    const { mode, permits = 1 } = this.about;
    return mode === "write" ? ALL : permits;
  }

  /** The holds that the call was made inside, the innermost first. */
  *inside(): Generator<Hold> {
    for (let scope = this.outer; scope !== undefined; scope = scope.outer) {
      if (scope.hold !== undefined) yield scope.hold;
    }
  }
}

/** A wait. */
export class Wait extends Claim {}

/** A hold. */
export class Hold extends Claim {
  /** How long it was waited for, in milliseconds. */
  waited = 0;
  readonly scope: Scope;

  constructor(
    scope: Scope,
    resource: Observed,
    amount: unknown,
    subjects: readonly Subject[],
    stack: Stack,
    outer: Scope | undefined,
  ) {
    super(resource, amount, subjects, stack, outer);
    this.scope = scope;
    scope.hold = this;
  }

  /** Whether its guard has been garbage-collected. */
  get isAbandoned(): boolean {
    return this.scope.fate.isLost;
  }
}

/**
 * What is called inside a guard, from its `run()` on. It may outlive the hold,
 * in a timer say, so it lets go of what has ended.
 */
export class Scope {
  /** The present hold of the guard. */
  hold: Hold | undefined = undefined;
  outer: Scope | undefined;
  readonly fate: Fate;

  constructor(outer: Scope | undefined, fate: Fate) {
    this.outer = outer;
    this.fate = fate;
  }

  end(): void {
    this.hold = undefined;
    // Else scopes that begin inside each other, in turn, would be a long chain.
    while (this.outer !== undefined && this.outer.hold === undefined) {
      this.outer = this.outer.outer;
    }
  }
}
