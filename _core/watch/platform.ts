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

interface Process {
  getBuiltinModule?(name: string): unknown;
  on?(event: string, listener: () => void): void;
  off?(event: string, listener: () => void): void;
}

const runtime = globalThis as {
  process?: Process;
  Deno?: { unrefTimer?(id: unknown): void };
};

/** Not by an import, which would fail in browsers. */
function asyncHooks(): AsyncHooks | undefined {
  const module = runtime.process?.getBuiltinModule?.("node:async_hooks");
  return module as AsyncHooks | undefined;
}

/** Follows calls through everything that they await and start. */
export function makeContext(): Context {
  const hooks = asyncHooks();
  if (hooks === undefined) {
    return { current: () => undefined, run: (_, fn) => fn() };
  }
  const storage = new hooks.AsyncLocalStorage<Scope>();
  return {
    current: () => storage.getStore(),
    run: (scope, fn) => storage.run(scope, fn),
  };
}

/** Returns what calls a function in the async context of now. */
export function currentContext(): <R>(fn: () => R) => R {
  return asyncHooks()?.AsyncLocalStorage.snapshot?.() ?? ((fn) => fn());
}

/** A timer that does not keep the process alive, if the runtime can do that. */
export function startTicking(
  delay: number,
  tick: () => void,
): ReturnType<typeof setInterval> | undefined {
  try {
    const timer: unknown = setInterval(tick, delay);
    if (typeof timer === "number") runtime.Deno?.unrefTimer?.(timer);
    else (timer as { unref?(): void }).unref?.();
    return timer as ReturnType<typeof setInterval>;
  } catch {
    return undefined; // workerd has timers only inside a request
  }
}

/**
 * Calls back whenever the event loop runs empty.
 *
 * @returns Ends that.
 */
export function onLoopEmpty(callback: () => void): () => void {
  if (runtime.Deno !== undefined) { // in a browser, the event means navigation
    addEventListener("beforeunload", callback);
    return () => removeEventListener("beforeunload", callback);
  }
  const { process } = runtime;
  process?.on?.("beforeExit", callback);
  return () => process?.off?.("beforeExit", callback);
}
