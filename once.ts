/**
 * Runs a function once, however many ask for it: they share the run, and its
 * value afterwards. A failure is not remembered, so the next call tries again.
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
 * true; }`, runs `init` as often as it is asked for before the first has ended.
 * `cached ??= init()` keeps a failure for ever, and nobody can give up.
 *
 * ### When you do not need it
 *
 * For a function that does not wait, `value ??= compute()` does. Where calls
 * with different arguments have results of their own, keep a `once` for each in
 * a `Map`. And it knows its own event loop alone: other threads (workers),
 * processes and machines run the function once more.
 *
 * @module
 */

import {
  checkFunction,
  type Limits,
  readLimits,
  readOptions,
  refuseAborted,
} from "./_core/options.ts";
import { printAs, printed } from "./_core/inspect.ts";
import { WaitQueue } from "./_core/wait_queue.ts";

/**
 * Options of {@linkcode once}.
 *
 * @example Keep the errors that trying again would not cure
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
   * Says of an error whether to keep it, as a value is kept: every later call
   * then rejects with it. If it throws, the callers get what it throws, and
   * nothing is kept.
   *
   * @default {() => false}
   */
  keepError?: ((error: unknown) => boolean) | undefined;
}

/**
 * Options of a call of a function made by {@linkcode once}.
 *
 * @example
 * ```ts
 * import { once, type OnceCallOptions } from "@holdfast/sync/once";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const load = once(() => Promise.resolve(42));
 *
 * const controller = new AbortController();
 * const options: OnceCallOptions = { signal: controller.signal };
 * const patient = load();
 * const impatient = load(options);
 * controller.abort(new Error("No more time"));
 *
 * await assertRejects(() => impatient, Error, "No more time");
 * assertEquals(await patient, 42);
 * ```
 */
export interface OnceCallOptions {
  /**
   * Ends this caller's wait alone. When the last caller has left, the `signal`
   * given to the function is aborted too, with the same reason.
   */
  signal?: AbortSignal | undefined;
}

/**
 * A function that runs once; made by {@linkcode once}.
 *
 * @typeParam T What it gives.
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
   * Gives the value, running the function if that has not been done. Callers
   * that come while it runs share the run.
   *
   * **Abort** ends this caller's wait alone. When the last caller has left, the
   * run is abandoned: its signal is aborted, whatever it still does is ignored,
   * and the next call starts afresh. A value that is there, or an error that was
   * kept, beats an aborted signal.
   *
   * @param options The signal that ends the wait.
   * @returns The value. It rejects with what the function throws or rejects
   * with, with the signal's `reason` if the signal is or gets aborted first,
   * and with a `TypeError` for an option of the wrong type or one that does not
   * exist.
   * @throws {Error} If called from inside the function's own synchronous part,
   * which could not but wait for itself. After an `await` it can't be told from
   * any other call: do not call it there.
   */
  (options?: OnceCallOptions): Promise<T>;

  /**
   * How far it is: not started, or failed without keeping the error (`idle`),
   * under way (`running`), succeeded (`done`), or failed with an error that was
   * kept (`failed`).
   */
  readonly state: "idle" | "running" | "done" | "failed";

  /**
   * Forgets the value or the error: the next call runs the function again.
   * Callers of a run under way get that run's outcome, but it is not kept.
   */
  reset(): void;
}

/**
 * Makes a function that runs `fn` once.
 *
 * Callers that come while it runs share the run; after it has succeeded every
 * call gives its value. A failure reaches every caller of that run and is not
 * remembered, unless `keepError` says so.
 *
 * @typeParam T What `fn` gives.
 * @param fn The function to run, synchronous or not. The signal that it is
 * given is aborted when no caller waits for it any more.
 * @param options Which errors to keep.
 * @returns The function to call instead of `fn`.
 * @throws {TypeError} If `fn` or `keepError` is not a function, or `options` is
 * not an object or has another property.
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
): Once<T> {
  const cannot = () => "Cannot create a once function";
  checkFunction(fn, cannot);
  const { keepError } = readOptions(options, cannot, ["keepError"]);
  if (keepError !== undefined) checkFunction(keepError, cannot, "keepError");
  const keeps = keepError as OnceOptions["keepError"];

  // At most one of the three is there. A run that was abandoned or forgotten is
  // not `run` any more, so what becomes of it has no effect here.
  let run: Run<T> | undefined;
  let value: Promise<T> | undefined;
  let kept: { readonly error: unknown } | undefined;
  let inSynchronousPart = false;

  function call(options?: OnceCallOptions): Promise<T> {
    if (value !== undefined && options === undefined) return value;
    if (inSynchronousPart) {
      throw new Error("Cannot call a once function: it would wait for itself");
    }
    try {
      const cannot = () => "Cannot call a once function";
      const limits = readLimits(options, cannot, ["signal"]);
      if (value !== undefined) return value;
      if (kept !== undefined) throw kept.error;
      refuseAborted(limits);
      if (run !== undefined) return run.wait(limits);
      return start(limits);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  function start(limits: Limits | undefined): Promise<T> {
    const started = new Run<T>(() => {
      if (run === started) run = undefined;
    });
    // The caller joins first, so that it may even leave while `fn` starts.
    const outcome = started.wait(limits);
    run = started;
    new Promise<T>((resolve) => {
      inSynchronousPart = true;
      try {
        resolve(fn(started.signal));
      } finally {
        inSynchronousPart = false;
      }
    }).then(
      (result) => succeed(started, result),
      (error) => fail(started, error),
    );
    return outcome;
  }

  function succeed(ended: Run<T>, result: T): void {
    if (run === ended) {
      run = undefined;
      value = Promise.resolve(result);
    }
    ended.grantAll(result);
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
    ended.rejectAll(error);
  }

  function state(): Once<T>["state"] {
    if (run !== undefined) return "running";
    if (value !== undefined) return "done";
    return kept === undefined ? "idle" : "failed";
  }

  printAs(call, () => printed("Once", undefined, state(), run?.length));
  return Object.defineProperties(call, {
    state: { get: state },
    reset: {
      value(): void {
        run = value = kept = undefined;
      },
    },
  }) as Once<T>;
}

/** One run of the function, and the queue of those who wait for it. */
class Run<T> extends WaitQueue<T> {
  readonly #controller = new AbortController();
  readonly #onAbandoned: () => void;

  constructor(onAbandoned: () => void) {
    super();
    this.#onAbandoned = onAbandoned;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  override onGiveUp(reason: unknown): void {
    if (this.length > 0) return;
    // First forgotten, then aborted: a listener may call again at once.
    this.#onAbandoned();
    this.#controller.abort(reason);
  }

  // Those with an aborted signal too: an outcome that is there beats it.

  grantAll(value: T): void {
    while (this.first !== undefined) this.first.grant(value);
  }

  rejectAll(error: unknown): void {
    while (this.first !== undefined) this.first.reject(error);
  }
}
