/**
 * Runs something once, however many callers ask for it. They share the run, and
 * later its value. A failure is not remembered, so the next call tries again.
 *
 * @example Open a connection when it is first needed
 * ```ts
 * import { once } from "@holdfast/sync/once";
 * import { assertEquals } from "@std/assert";
 *
 * let opened = 0;
 * const connect = once(async () => {
 *   await Promise.resolve();
 *   return { id: ++opened };
 * });
 *
 * const [a, b] = await Promise.all([connect(), connect()]);
 * assertEquals(a, { id: 1 });
 * assertEquals(a === b, true);
 * assertEquals(opened, 1);
 * ```
 *
 * The tempting version, `let done = false; if (!done) { await init(); done =
 * true; }`, runs `init` again for every call that comes before the first run has
 * ended. `cached ??= init()` keeps a failure for ever, and nobody can give up.
 *
 * ### When you do not need it
 *
 * For a function that does not wait, `value ??= compute()` is enough. If calls
 * with different arguments have different results, keep one `once` for each in a
 * `Map`. And `once` does not reach beyond its event loop: workers, other processes
 * and machines run the function again.
 *
 * @module
 */

import { label, timeoutError } from "./_core/errors.ts";
import { holdEnded } from "./_core/guard.ts";
import { printAs, printed } from "./_core/inspect.ts";
import { type About, about, observer } from "./_core/observer.ts";
import {
  type AcquireOptions,
  checkFunction,
  type Limits,
  readLimits,
  readOptions,
  refuseAborted,
} from "./_core/options.ts";
import { callInside } from "./_core/run.ts";
import { type Resource, state, WaitQueue } from "./_core/wait_queue.ts";
import { TIMED_OUT } from "./_core/waiter.ts";

export type { AcquireOptions };

/**
 * Options of {@linkcode once}.
 *
 * @example Keep the errors that another try would not fix
 * ```ts
 * import { once, type OnceOptions } from "@holdfast/sync/once";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const options: OnceOptions = {
 *   keepError: (error) => error instanceof SyntaxError,
 * };
 * let reads = 0;
 * const config = once(() => JSON.parse(`{ "reads": ${++reads}`), options);
 *
 * await assertRejects(() => config(), SyntaxError);
 * await assertRejects(() => config(), SyntaxError);
 * assertEquals(config.state, "failed");
 * assertEquals(reads, 1);
 * ```
 */
export interface OnceOptions {
  /**
   * Says whether to keep an error. If so, every later call rejects with it. If
   * `keepError` throws, the callers get what it throws, and nothing is kept.
   *
   * @default {() => false}
   */
  keepError?: ((error: unknown) => boolean) | undefined;
}

/**
 * A function that runs once. It is created by {@linkcode once}.
 *
 * @typeParam T The type of its value.
 *
 * @example
 * ```ts
 * import { type Once, once } from "@holdfast/sync/once";
 * import { assertEquals } from "@std/assert";
 *
 * class Client {
 *   readonly token: Once<string> = once(() => Promise.resolve("secret"));
 * }
 *
 * const client = new Client();
 * assertEquals(await client.token(), "secret");
 * assertEquals(client.token.state, "done");
 *
 * client.token.reset(); // it has expired
 * assertEquals(client.token.state, "idle");
 * ```
 */
export interface Once<T> {
  /**
   * Returns the value, and runs the function if that has not happened yet.
   * Callers that come while it runs share the run.
   *
   * **Abort and timeout** end only this caller's wait. When the last caller has
   * left, the run is abandoned: its signal is aborted with the same reason,
   * whatever the run still does is ignored, and the next call starts a fresh
   * run. An existing value, or an error that was kept, beats an aborted signal
   * and `timeout: 0`.
   *
   * @param options Limits of the wait. Without them, the wait lasts as long as
   * the run. With `timeout: 0`, a call without a value rejects and starts
   * nothing.
   * @returns The value. The promise rejects with what the function throws or
   * rejects with, with the signal's `reason` if the signal is aborted before
   * there is a value, with a `DOMException` named `TimeoutError` after
   * `timeout` milliseconds, with a `TypeError` for an option of the wrong type
   * or an unknown one, and with a `RangeError` if `timeout` is negative or NaN.
   * @throws {Error} If it is called from inside the function's own synchronous
   * part: it would wait for itself for ever. After an `await`, such a call
   * looks like any other: do not make it there either.
   *
   * @example
   * ```ts
   * import { once } from "@holdfast/sync/once";
   * import { assertEquals, assertRejects } from "@std/assert";
   *
   * const load = once(() => Promise.resolve(42));
   *
   * const controller = new AbortController();
   * const patient = load();
   * const impatient = load({ signal: controller.signal });
   * controller.abort(new Error("No more time"));
   *
   * await assertRejects(() => impatient, Error, "No more time");
   * assertEquals(await patient, 42);
   * ```
   */
  (options?: AcquireOptions): Promise<T>;

  /**
   * `idle` if the function has not run, or has failed and the error was not kept;
   * `running` while it runs; `done` if there is a value; `failed` if an error was
   * kept.
   */
  readonly state: "idle" | "running" | "done" | "failed";

  /**
   * Forgets the value or the error: the next call runs the function again.
   * Callers of a run that is under way get its outcome, but it is not kept.
   *
   * Since it can be called at any time, the function stays in memory as long as
   * this object.
   *
   * @example
   * ```ts
   * import { once } from "@holdfast/sync/once";
   * import { assertEquals } from "@std/assert";
   *
   * let issued = 0;
   * const token = once(() => Promise.resolve(++issued));
   * assertEquals(await token(), 1);
   *
   * token.reset(); // it has expired
   * assertEquals(token.peek(), undefined);
   * assertEquals(await token(), 2);
   * ```
   */
  reset(): void;

  /**
   * Returns the value if there is one. It runs nothing and waits for nothing.
   *
   * @returns The value, or `undefined` if there is none.
   *
   * @example
   * ```ts
   * import { once } from "@holdfast/sync/once";
   * import { assertEquals } from "@std/assert";
   *
   * const load = once(() => Promise.resolve(42));
   * assertEquals(load.peek(), undefined);
   * await load();
   * assertEquals(load.peek(), 42);
   * ```
   */
  peek(): T | undefined;
}

/**
 * Creates a function that runs `fn` once.
 *
 * Callers that come while it runs share the run. After it has succeeded, every
 * call returns its value. A failure reaches every caller of that run and is not
 * remembered, unless `keepError` says so.
 *
 * @typeParam T What `fn` returns, or what its promise fulfils with.
 * @param fn The function to run, synchronous or not. It gets a signal, which is
 * aborted when no caller waits for the run any more.
 * @param options Which errors to keep.
 * @returns The function to call instead of `fn`. It has the name of `fn`.
 * @throws {TypeError} If `fn` or `keepError` is not a function, if `options` is
 * not an object, or if it has an unknown option.
 *
 * @example A failure is not remembered
 * ```ts
 * import { once } from "@holdfast/sync/once";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * let tries = 0;
 * const init = once(() => {
 *   if (++tries < 2) throw new Error("Not yet");
 *   return "ready";
 * });
 *
 * await assertRejects(() => init(), Error, "Not yet");
 * assertEquals(init.state, "idle");
 * assertEquals(await init(), "ready");
 * assertEquals(await init(), "ready");
 * assertEquals(tries, 2);
 * ```
 *
 * @example Give up, and stop the work when nobody waits for it
 * ```ts
 * import { once } from "@holdfast/sync/once";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * let stopped = false;
 * const load = once((signal) => {
 *   signal.addEventListener("abort", () => stopped = true);
 *   return new Promise<string>(() => {}); // never ends
 * });
 *
 * const controller = new AbortController();
 * const waiting = load({ signal: controller.signal });
 * controller.abort(new Error("The client has gone"));
 *
 * await assertRejects(() => waiting, Error, "The client has gone");
 * assertEquals(stopped, true);
 * assertEquals(load.state, "idle");
 * ```
 */
export function once<T>(
  fn: (signal: AbortSignal) => T | PromiseLike<T>,
  options?: OnceOptions,
): Once<T>;
/**
 * The same, for a function that sometimes returns a promise and sometimes a
 * plain value: `() => isReady && load()`.
 *
 * @typeParam R What `fn` returns.
 * @param fn The function to run.
 * @param options Which errors to keep.
 * @returns The function to call instead of `fn`.
 *
 * @example
 * ```ts
 * import { type Once, once } from "@holdfast/sync/once";
 * import { assertEquals } from "@std/assert";
 *
 * let isReady = false;
 * const load = () => Promise.resolve(42);
 *
 * const answer: Once<number | false> = once(() => isReady && load());
 * assertEquals(await answer(), false);
 * ```
 */
export function once<R>(
  fn: (signal: AbortSignal) => R,
  options?: OnceOptions,
): Once<Awaited<R>>;
export function once<T>(
  fn: (signal: AbortSignal) => T | PromiseLike<T>,
  options?: OnceOptions,
): Once<T> {
  const creating = () => "Cannot create a once function";
  checkFunction(fn, creating);
  let keeps: OnceOptions["keepError"];
  if (options !== undefined) {
    const { keepError } = readOptions(options, creating, ["keepError"]);
    if (keepError !== undefined) {
      checkFunction(keepError, creating, "keepError");
    }
    keeps = keepError as OnceOptions["keepError"];
  }
  const name = typeof fn.name === "string" ? fn.name : "";
  const calling = () =>
    `Cannot call ${name ? label("once function", name) : "a once function"}`;

  // At most one of the three is there. A run that was abandoned or forgotten is
  // not `run` any more, so what becomes of it has no effect here.
  let run: Run<T> | undefined;
  let done: { readonly value: T; readonly promise: Promise<T> } | undefined;
  let kept: { readonly error: unknown } | undefined;
  let inSynchronousPart = false;

  function call(options?: AcquireOptions): Promise<T> {
    if (done !== undefined && options === undefined) return done.promise;
    if (inSynchronousPart) {
      throw new Error(`${calling()}: it would wait for itself`);
    }
    observer?.called(call);
    try {
      const limits = readLimits(options, calling);
      if (done !== undefined) return done.promise;
      if (kept !== undefined) throw kept.error;
      refuseAborted(limits);
      if (run !== undefined) return run.wait(1, limits);
      return start(limits);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  function start(limits: Limits | undefined): Promise<T> {
    if (limits?.timeout === 0) {
      throw timeoutError(limits.failure, 0, "it has not run yet");
    }
    const started = new Run<T>(new Running(name), () => {
      if (run === started) run = undefined;
    });
    // It counts as running before the caller joins, which may run user code.
    run = started;
    const outcome = started.wait(1, limits);
    if (!started.signal.aborted) void perform(started);
    return outcome;
  }

  async function perform(started: Run<T>): Promise<void> {
    // Stands for a guard: the callers wait for the end of its hold.
    const guard = {};
    observer?.called(call);
    observer?.holdBegan(guard, started.resource, RUN_ID);
    let value: T;
    try {
      value = await new Promise<T>((resolve) => {
        inSynchronousPart = true;
        try {
          resolve(callInside(guard, () => fn(started.signal)));
        } finally {
          inSynchronousPart = false;
        }
      });
    } catch (error) {
      holdEnded(started.resource, RUN_ID, guard);
      fail(started, error);
      return;
    }
    holdEnded(started.resource, RUN_ID, guard);
    succeed(started, value);
  }

  function succeed(ended: Run<T>, value: T): void {
    if (run === ended) {
      run = undefined;
      done = { value, promise: Promise.resolve(value) };
    }
    ended.grantAll(() => value, "outcome wins");
  }

  function fail(ended: Run<T>, error: unknown): void {
    if (run === ended) {
      try {
        // It may have called reset(), so look twice.
        if (keeps?.(error) && run === ended) kept = { error };
      } catch (keepErrorsError) {
        error = keepErrorsError;
      }
    }
    if (run === ended) run = undefined;
    ended.rejectAll(() => error, "outcome wins");
  }

  function stateNow(): Once<T>["state"] {
    if (run !== undefined) return "running";
    if (done !== undefined) return "done";
    return kept === undefined ? "idle" : "failed";
  }

  printAs(
    call,
    () => printed(call, "Once", name || undefined, stateNow(), run?.length),
  );
  return Object.defineProperties(call, {
    name: { value: name },
    state: { get: stateNow },
    reset: {
      value(): void {
        run = done = kept = undefined;
      },
    },
    peek: { value: (): T | undefined => done?.value },
  }) as Once<T>;
}

const RUN_ID = 1;

/** What a run holds, and what its callers wait for. */
class Running implements Resource<never> {
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  [about](): About {
    return { primitive: "once", name: this.#name || undefined };
  }

  get [state](): string {
    return "still running";
  }
}

/** One run of the function, and the queue of those who wait for it. */
class Run<T> extends WaitQueue<T> {
  readonly #controller = new AbortController();
  readonly #onAbandoned: () => void;

  constructor(running: Running, onAbandoned: () => void) {
    super(running);
    this.#onAbandoned = onAbandoned;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  override gaveUp(reason: unknown): void {
    if (this.length > 0) return;
    holdEnded(this.resource, RUN_ID, undefined); // nobody waits for its end
    // First forgotten, then aborted: a listener may call again at once.
    this.#onAbandoned();
    this.#controller.abort(reason === TIMED_OUT ? timedOut() : reason);
  }
}

function timedOut(): DOMException {
  return new DOMException(
    "The last caller has given up after its timeout",
    "TimeoutError",
  );
}
