/**
 * Private: what a watch needs of the runtime. What a runtime lacks, a watch does
 * without: it then says less.
 *
 * @module
 */

import type { Scope } from "./claims.ts";
import type { Context } from "./recorder.ts";

interface AsyncLocalStorage<T> {
  getStore(): T | undefined;
  run<R>(store: T, fn: () => R): R;
}

interface AsyncHooks {
  readonly AsyncLocalStorage: {
    new <T>(): AsyncLocalStorage<T>;
    snapshot?(): <R>(fn: () => R) => R;
  };
}

/** What some runtimes have. `watch.ts` knows under which names. */
export interface Runtime {
  /** Follows calls through everything that they await and start. */
  readonly asyncHooks: AsyncHooks | undefined;
  /** Lets the process end in spite of a timer that is a number. */
  readonly unrefTimer: ((timer: number) => void) | undefined;
  /** Listens for the end of all work, and returns what ends that. */
  onLoopEmpty(listener: () => void): () => void;
}

/** Knows inside which `run()` a call is made, if the runtime does. */
export function makeContext({ asyncHooks }: Runtime): Context {
  if (asyncHooks === undefined) {
    return { current: () => undefined, run: (_, fn) => fn() };
  }
  const storage = new asyncHooks.AsyncLocalStorage<Scope>();
  return {
    current: () => storage.getStore(),
    run: (scope, fn) => storage.run(scope, fn),
  };
}

/** Returns what calls a function in the async context of now. */
export function currentContext({ asyncHooks }: Runtime): <R>(fn: () => R) => R {
  return asyncHooks?.AsyncLocalStorage.snapshot?.() ?? ((fn) => fn());
}

/** A timer that does not keep the process alive, if the runtime can do that. */
export function startTicking(
  { unrefTimer }: Runtime,
  delay: number,
  tick: () => void,
): ReturnType<typeof setInterval> | undefined {
  try {
    const timer: unknown = setInterval(tick, delay);
    if (typeof timer === "number") unrefTimer?.(timer);
    else (timer as { unref?(): void }).unref?.();
    return timer as ReturnType<typeof setInterval>;
  } catch {
    return undefined; // workerd has timers only inside a request
  }
}
