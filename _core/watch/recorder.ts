/**
 * Private: keeps account of all holds and waits, for all watches together.
 *
 * @module
 */

import { about, type Observed, type Observer } from "../observer.ts";
import { isGranting } from "../wait_queue.ts";
import { type Claim, Hold, Scope, Wait } from "./claims.ts";
import { fateOf } from "./fate.ts";
import { type Method, Stack } from "./stack.ts";
import { Subjects } from "./subjects.ts";

/** Knows inside which `run()` a call is made. */
export interface Context {
  /** Nothing in engines that cannot know. */
  current(): Scope | undefined;
  run<T>(scope: Scope, fn: () => T): T;
}

/** Is told what happens, in the call that brings it about. */
export interface Listener {
  waitBegan(wait: Wait): void;
  waitEnded(wait: Wait): void;
  holdEnded(hold: Hold): void;
}

/** So often at most, in milliseconds, a stack is formatted as a wait begins. */
const FORMAT_EVERY = 100;

/** The observer that all watches share. */
export class Recorder implements Observer {
  readonly listeners = new Set<Listener>();
  readonly #context: Context;
  readonly #subjects = new Subjects();
  // By guard. The scope outlives a hold that a condition gives up for a while.
  readonly #scopes = new WeakMap<object, Scope>();
  readonly #waits = new WeakMap<object, Wait>();
  // By guard: the last wait for a condition.
  readonly #outside = new WeakMap<object, Wait>();
  #method: Method | undefined = undefined;
  #lastFormat = -Infinity;

  constructor(context: Context) {
    this.#context = context;
  }

  /** All holds, the oldest first. */
  get holds(): Hold[] {
    return this.#subjects.claims((subject) => subject.holds);
  }

  /** All waits, the longest first. */
  get waits(): Wait[] {
    return this.#subjects.claims((subject) => subject.waits);
  }

  called(method: Method): void {
    this.#method = method;
  }

  holdBegan(guard: object, held: Observed, id: number): void {
    // After a wait, the wait knows where the call was made and inside what.
    const outer = isGranting ? undefined : this.#context.current();
    const stack = new Stack(isGranting ? undefined : this.#takeMethod());
    const scope = this.#scopes.get(guard) ?? this.#scopeOf(guard, outer);
    const subjects = this.#subjects.of(held);
    const hold = new Hold(scope, held, id, subjects, stack, outer);
    for (const subject of subjects) subject.holds.add(hold);
  }

  holdEnded(held: Observed, _id: number, guard: object | undefined): void {
    const hold = guard === undefined
      ? this.#heldByHand(held)
      : this.#scopes.get(guard)?.hold;
    if (hold === undefined) return;
    // One key of several may be released by hand. The hold of the rest goes on.
    const subject = this.#subjects.get(held);
    if (subject !== undefined) subject.holds.delete(hold);
    if (hold.resource !== held && isHolding(hold)) return;
    for (const subject of hold.subjects) subject.holds.delete(hold);
    hold.scope.end();
    for (const listener of this.listeners) listener.holdEnded(hold);
  }

  waitBegan(waiter: object, resource: Observed, request: unknown): void {
    const earlier = this.#outside.get(request as object);
    const isBack = earlier !== undefined && earlier.resource !== resource;
    const method = isBack ? undefined : this.#takeMethod();
    // A guard that waits to get its lock back, or that waits for a condition
    // once more, still waits for the sake of the call that it was passed to.
    const [stack, outer] = method === undefined && earlier !== undefined
      ? [earlier.stack, earlier.outer]
      : [new Stack(method), this.#context.current()];
    const subjects = this.#subjects.of(resource);
    const wait = new Wait(resource, request, subjects, stack, outer);
    for (const subject of subjects) subject.waits.add(wait);
    this.#waits.set(waiter, wait);
    if (!isBack && this.#scopes.has(request as object)) {
      this.#outside.set(request as object, wait);
    }
    for (const listener of this.listeners) listener.waitBegan(wait);
    this.#letGuardGo(wait);
  }

  waitEnded(waiter: object, outcome: unknown): void {
    const wait = this.#waits.get(waiter);
    if (wait === undefined) return; // it began before the watch
    this.#waits.delete(waiter);
    for (const subject of wait.subjects) subject.waits.delete(wait);
    for (const listener of this.listeners) listener.waitEnded(wait);
    const hold = this.#scopes.get(outcome as object)?.hold;
    // What a once function gives may be a guard, too.
    if (hold === undefined || hold.resource !== wait.resource) return;
    hold.waited = hold.since - wait.since;
    hold.stack = wait.stack;
    hold.outer = hold.scope.outer = wait.outer;
  }

  callInside<T>(guard: object, fn: () => T): T {
    const scope = this.#scopes.get(guard);
    // Without a scope, the hold began before this watch or has ended since.
    // deno-coverage-ignore
    return scope?.hold === undefined ? fn() : this.#context.run(scope, fn);
  }

  /**
   * What the stack of a hold keeps alive may be its very guard. Formatting lets
   * go of that, but takes 50 µs, so a watcher's look does it for the others.
   */
  #letGuardGo(wait: Wait): void {
    if (wait.since - this.#lastFormat < FORMAT_EVERY) return;
    this.#lastFormat = wait.since;
    // Not in this call: a program's own Error.prepareStackTrace may run.
    queueMicrotask(() => {
      const [hold] = wait.subjects.flatMap(({ holds }) => [...holds]);
      hold?.stack.format();
    });
  }

  /** Takes it, so that it is not taken for that of a later call. */
  #takeMethod(): Method | undefined {
    const method = this.#method;
    this.#method = undefined;
    return method;
  }

  /** Only what has one holder at most can be released by hand. */
  #heldByHand(held: Observed): Hold | undefined {
    const { mode, of } = held[about](0);
    if (mode !== undefined || of !== undefined) return undefined;
    // deno-coverage-ignore
    const [hold] = this.#subjects.get(held)?.holds ?? [];
    return hold;
  }

  #scopeOf(guard: object, outer: Scope | undefined): Scope {
    const scope = new Scope(outer, fateOf(guard));
    this.#scopes.set(guard, scope);
    return scope;
  }
}

function isHolding(claim: Claim): boolean {
  return claim.subjects.some(({ holds }) => holds.has(claim as Hold));
}
