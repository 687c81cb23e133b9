/**
 * Finds out why a program hangs: says who holds what, and who waits for it.
 *
 * The three mistakes that no type checker finds are a forgotten `using`, a lock
 * taken twice by one task, and two locks taken in opposite order. Each stops a
 * program without a message. A watch prints one. Put this into the first module
 * of the program:
 *
 * ```ts ignore
 * import { watchLocks } from "@holdfast/sync/watch";
 *
 * watchLocks({ stallAfter: 5000 }); // milliseconds
 * ```
 *
 * Then each wait that takes longer is reported once. The report says who is in
 * the way and where both calls were made:
 *
 * ```text
 * Cannot acquire lock "db" after 5000 ms: it is held by the run() that this call was made in
 *   waiting   lock "db"    at save (server.ts:31:24)
 *   holding   lock "db"    for 5.2 s, at handle (server.ts:18:20)
 * If that run() waits for this call, neither will ever end.
 * ```
 *
 * A watch only looks. It throws nothing, frees nothing, and keeps neither a
 * process nor a guard alive. It sees every primitive of this package.
 *
 * ### What it costs
 *
 * Without a watch, nothing. With one, each acquire takes a few microseconds
 * more, since it captures a stack trace. That is fine for staging, and for
 * production if you can afford it there.
 *
 * ### What it cannot know
 *
 * - It knows what is called inside a `run()`, by `AsyncLocalStorage`. It does
 *   not know what is called inside a block with `using`. It knows neither in a
 *   browser, nor in workerd without the flag `nodejs_compat`: they have no such
 *   storage. Then the report is `slow`, with the same two lines.
 * - It cannot tell whether the outer work awaits the inner one. A program that
 *   is correct sees a report `reentrant` or `deadlock` only if it holds a lock
 *   for longer than `stallAfter` around work that it does not await.
 * - What was held or waited for before the first watch began is not seen.
 *
 * @module
 */

import { checkFunction, readOptions } from "./_core/options.ts";
import { outOfRange, wrongType } from "./_core/errors.ts";
import { setObserver } from "./_core/observer.ts";
import { makeContext, type Runtime } from "./_core/watch/platform.ts";
import { Recorder } from "./_core/watch/recorder.ts";
import { useOf } from "./_core/watch/use.ts";
import { Watcher, type Wishes } from "./_core/watch/watcher.ts";

/**
 * What a watch should report, when, and to whom.
 *
 * @example
 * ```ts
 * import { watchLocks, type WatchOptions } from "@holdfast/sync/watch";
 * import { assertEquals } from "@std/assert";
 *
 * const options: WatchOptions = {
 *   stallAfter: 30_000,
 *   onStall: (stall) => console.error(stall.kind, stall.message),
 * };
 * using watch = watchLocks(options);
 * assertEquals(watch.waits(), []);
 * ```
 */
export interface WatchOptions {
  /**
   * How long a wait may take before it is reported, in milliseconds: 0 or more.
   * The report may come a tenth of that later. With `Infinity`, waits are only
   * reported if the event loop runs empty.
   *
   * @default {10_000}
   */
  stallAfter?: number | undefined;
  /**
   * Called with each wait that takes too long, once, from a timer. An error
   * that it throws is an uncaught error.
   *
   * If it is left out, `console.warn` prints the message. It prints at most ten
   * at a time, and then how many more wait.
   */
  onStall?: ((stall: Stall) => void) | undefined;
  /**
   * Called with each hold that has ended, in a microtask. An error that it
   * throws is an uncaught error. Use it for metrics.
   */
  onRelease?: ((use: Use) => void) | undefined;
}

/**
 * A wait that does not end.
 *
 * @example
 * ```ts
 * import { Lock } from "@holdfast/sync/lock";
 * import { type Stall, watchLocks } from "@holdfast/sync/watch";
 * import { assertEquals } from "@std/assert";
 *
 * const { promise, resolve } = Promise.withResolvers<Stall>();
 * using _ = watchLocks({ stallAfter: 10, onStall: resolve });
 * const work = setTimeout(() => {}, 60_000); // a watch keeps no program alive
 *
 * const lock = new Lock({ name: "db" });
 * void lock.run(() => lock.run(() => {}));
 *
 * const stall = await promise;
 * clearTimeout(work);
 * assertEquals(stall.kind, "reentrant");
 * assertEquals(stall.chain.map(({ state }) => state), ["waiting", "holding"]);
 * ```
 */
export interface Stall {
  /**
   * What is known for certain:
   *
   * - `reentrant`: the wait was begun inside a `run()` whose hold is in its way.
   * - `deadlock`: work inside a hold in its way waits, directly or through
   *   others, for a hold that this wait was begun inside.
   * - `abandoned`: a hold in its way has lost its guard to the garbage collector.
   * - `slow`: none of these. The holder may just be slow.
   *
   * A hold is in the way if the wait must outlast it. So a task that waits for
   * one of five permits is `slow` if only one of the holders will ever finish.
   */
  kind: "reentrant" | "deadlock" | "abandoned" | "slow";
  /** How long the wait has lasted, in milliseconds. */
  waited: number;
  /**
   * The wait, the holds in its way, what their tasks wait for, and so on. If
   * the holders are only slow, at most five of them are listed.
   */
  chain: Use[];
  /** All of this in a few lines of text. */
  message: string;
}

/**
 * A hold, or a wait for one.
 *
 * @example
 * ```ts
 * import { Lock } from "@holdfast/sync/lock";
 * import { type Use, watchLocks } from "@holdfast/sync/watch";
 * import { assertEquals } from "@std/assert";
 *
 * using watch = watchLocks();
 * const lock = new Lock({ name: "db" });
 * using _ = await lock.acquire();
 * const [use] = watch.holds() as [Use];
 * assertEquals([use.primitive, use.name, use.state], ["Lock", "db", "holding"]);
 * ```
 */
export interface Use {
  /** The class or function: `Lock`, `KeyedLock`, `once`. */
  primitive: string;
  /** Its name, or that of the function that `once` was given. */
  name?: string;
  /** The key, or for `acquireAll` an array of the keys. */
  key?: unknown;
  /** For a read-write lock. */
  mode?: "read" | "write";
  /** For a semaphore: how many. */
  permits?: number;
  /** Whether it is a wait or a hold. */
  state: "waiting" | "holding";
  /** How long it has waited, or waited before the hold, in milliseconds. */
  waited: number;
  /** How long it has held, in milliseconds. 0 while it waits. */
  held: number;
  /** The line of the caller, short: `save (server.ts:31:24)`. */
  at: string;
  /**
   * The stack of the call, from the caller's line on: one frame per line. It is
   * empty if it is not known. It is not enumerable, so that `console.table` and
   * `console.log` stay readable.
   */
  stack: string;
}

/**
 * A watch over all locks. It is made by {@linkcode watchLocks}. Disposing it
 * ends it: after that, it reports nothing and has no timer, and its snapshots
 * are empty.
 *
 * @example
 * ```ts
 * import { Lock } from "@holdfast/sync/lock";
 * import { type Watch, watchLocks } from "@holdfast/sync/watch";
 * import { assertEquals } from "@std/assert";
 *
 * const watch: Watch = watchLocks();
 * const lock = new Lock({ name: "db" });
 * using _ = await lock.acquire();
 * const waiting = lock.acquire().catch(() => {});
 * console.table(watch.holds());
 * console.table(watch.waits());
 *
 * assertEquals(watch.holds().length, 1);
 * assertEquals(watch.waits().length, 1);
 * watch[Symbol.dispose]();
 * assertEquals(watch.waits(), []);
 *
 * lock.cancel();
 * await waiting;
 * ```
 */
export interface Watch extends Disposable {
  /**
   * What is held now, the oldest hold first. The copies do not change.
   *
   * @example
   * ```ts
   * import { Lock } from "@holdfast/sync/lock";
   * import { watchLocks } from "@holdfast/sync/watch";
   * import { assertEquals } from "@std/assert";
   *
   * using watch = watchLocks();
   * const lock = new Lock({ name: "db" });
   * using _ = await lock.acquire();
   * assertEquals(watch.holds().map(({ name }) => name), ["db"]);
   * ```
   */
  holds(): Use[];
  /**
   * What is waited for now, the longest wait first. The copies do not change.
   *
   * @example
   * ```ts
   * import { Lock } from "@holdfast/sync/lock";
   * import { watchLocks } from "@holdfast/sync/watch";
   * import { assertEquals } from "@std/assert";
   *
   * using watch = watchLocks();
   * const lock = new Lock({ name: "db" });
   * const first = await lock.acquire();
   * const second = lock.acquire();
   * assertEquals(watch.waits().map(({ name }) => name), ["db"]);
   *
   * first.release();
   * (await second).release();
   * assertEquals(watch.waits(), []);
   * ```
   */
  waits(): Use[];
}

/** What all watches share, while there is one. */
let recorder: Recorder | undefined;

/**
 * Begins to watch all locks, semaphores and so on of this program.
 *
 * Several watches may run at once. Each has its own options and reports every
 * wait. Ending one does not end the others.
 *
 * @param options When to report, and to whom. Without them, waits of more than
 * ten seconds are printed.
 * @returns The watch. Dispose it to end it, or keep it for as long as the
 * program runs.
 * @throws {TypeError} If `stallAfter` is not a number, if `onStall` or
 * `onRelease` is not a function, if `options` is not an object, or if it has an
 * unknown option.
 * @throws {RangeError} If `stallAfter` is negative or NaN.
 *
 * @example How long locks are waited for and held
 * ```ts
 * import { Lock } from "@holdfast/sync/lock";
 * import { watchLocks } from "@holdfast/sync/watch";
 * import { assertEquals } from "@std/assert";
 *
 * const names: (string | undefined)[] = [];
 * using _ = watchLocks({ onRelease: ({ name }) => names.push(name) });
 * await new Lock({ name: "db" }).run(() => "done");
 * assertEquals(names, ["db"]);
 * ```
 */
export function watchLocks(options?: WatchOptions): Watch {
  const wishes = readWishes(options);
  const runtime = readRuntime();
  const shared = recorder ??= new Recorder(makeContext(runtime));
  setObserver(shared);
  const watcher = new Watcher(shared, wishes, runtime);
  let isOver = false;
  return {
    holds: () => isOver ? [] : shared.holds.map((hold) => useOf(hold)),
    waits: () => isOver ? [] : shared.waits.map((wait) => useOf(wait)),
    [Symbol.dispose]() {
      if (isOver) return;
      isOver = true;
      watcher.stop();
      if (shared.listeners.size > 0) return;
      recorder = undefined;
      setObserver(undefined);
    },
  };
}

function readWishes(options: unknown): Wishes {
  const failure = () => "Cannot watch locks";
  const known = ["stallAfter", "onStall", "onRelease"];
  const { stallAfter = 10_000, onStall, onRelease } =
    (options === undefined ? {} : readOptions(options, failure, known)) as
      & WatchOptions
      & Record<string, unknown>;
  if (typeof stallAfter !== "number") {
    const expected = "a number of milliseconds";
    throw wrongType(failure, "stallAfter", expected, stallAfter);
  }
  if (!(stallAfter >= 0)) {
    const expected = "0 or more milliseconds";
    throw outOfRange(failure, "stallAfter", expected, stallAfter);
  }
  if (onStall !== undefined) checkFunction(onStall, failure, "onStall");
  if (onRelease !== undefined) checkFunction(onRelease, failure, "onRelease");
  return { stallAfter, onStall, onRelease };
}

/** What Node has, and what is Deno's own. */
interface Globals {
  readonly process?: {
    getBuiltinModule?(name: string): unknown;
    on?(event: string, listener: () => void): void;
    off?(event: string, listener: () => void): void;
  };
  readonly Deno?: { readonly unrefTimer?: (timer: number) => void };
}

function readRuntime(): Runtime {
  const { process, Deno } = globalThis as Globals;
  return {
    // Not by an import, which would fail in browsers.
    asyncHooks: process?.getBuiltinModule?.("node:async_hooks") as
      | Runtime["asyncHooks"]
      | undefined,
    unrefTimer: Deno?.unrefTimer,
    onLoopEmpty(listener) {
      if (Deno !== undefined) { // in a browser, the event means navigation
        addEventListener("beforeunload", listener);
        return () => removeEventListener("beforeunload", listener);
      }
      process?.on?.("beforeExit", listener);
      return () => process?.off?.("beforeExit", listener);
    },
  };
}
