/**
 * Private: keeps account of all holds and waits, for all watches together.
 *
 * @module
 */

import { about, type Observed, type Observer } from "../observer.ts";
import { isGranting } from "../wait_queue.ts";
import { type Claim, Hold, Scope, Subject, Wait } from "./claims.ts";
import { type Method, Stack } from "./stack.ts";
import { WeakList } from "./weak_list.ts";

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

/** The observer that all watches share. */
export class Recorder implements Observer {
  readonly listeners = new Set<Listener>();
  readonly holds = new WeakList<Hold>();
  readonly waits = new WeakList<Wait>();
  readonly #context: Context;
  readonly #subjects = new WeakMap<Observed, Subject>();
  // By guard. The scope outlives a hold that a condition gives up for a while.
  readonly #scopes = new WeakMap<object, Scope>();
  readonly #waits = new WeakMap<object, Wait>();
  // By guard: the last wait for a condition.
  readonly #outside = new WeakMap<object, Wait>();
  #method: Method | undefined = undefined;

  constructor(context: Context) {
    this.#context = context;
  }

  called(method: Method): void {
    this.#method = method;
  }

  holdBegan(guard: object, held: Observed, id: number): void {
    // After a wait, the wait knows where the call was made and inside what.
    const outer = isGranting ? undefined : this.#context.current();
    const stack = new Stack(isGranting ? undefined : this.#takeMethod());
    const scope = this.#scopes.get(guard) ?? new Scope(outer);
    this.#scopes.set(guard, scope);
    const subjects = this.#subjectsOf(held);
    const hold = new Hold(guard, scope, held, id, subjects, stack, outer);
    for (const subject of subjects) subject.holds.add(hold);
    hold.entry = this.holds.add(hold);
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
    this.holds.delete(hold.entry!);
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
    const subjects = this.#subjectsOf(resource);
    const wait = new Wait(resource, request, subjects, stack, outer);
    for (const subject of subjects) subject.waits.add(wait);
    wait.entry = this.waits.add(wait);
    this.#waits.set(waiter, wait);
    if (!isBack && this.#scopes.has(request as object)) {
      this.#outside.set(request as object, wait);
    }
    for (const listener of this.listeners) listener.waitBegan(wait);
  }

  waitEnded(waiter: object, outcome: unknown): void {
    const wait = this.#waits.get(waiter);
    if (wait === undefined) return; // it began before the watch
    this.#waits.delete(waiter);
    for (const subject of wait.subjects) subject.waits.delete(wait);
    this.waits.delete(wait.entry!);
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

  #subjectsOf(resource: Observed): readonly Subject[] {
    const { parts = [resource] } = resource[about](1);
    return parts.map((part) => {
      const subject = this.#subjects.get(part) ?? new Subject(part);
      this.#subjects.set(part, subject);
      return subject;
    });
  }
}

function isHolding(claim: Claim): boolean {
  return claim.subjects.some(({ holds }) => holds.has(claim as Hold));
}
