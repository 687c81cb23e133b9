/**
 * Private: what callers pass in. Checks it and reads it once, so that every
 * primitive refuses the same things in the same way.
 *
 * @module
 */

import { abortReason } from "./abort_listener.ts";
import {
  type Failure,
  isAbortSignal,
  outOfRange,
  quote,
  wrongType,
} from "./errors.ts";
import { isGuard } from "./guard.ts";

/**
 * Limits of a wait. They end only the wait and never cut a hold short.
 *
 * @example
 * ```ts
 * import { type AcquireOptions, Lock } from "@holdfast/sync";
 * import { assertRejects } from "@std/assert";
 *
 * const lock = new Lock();
 * using _ = await lock.acquire();
 *
 * // At most 5 milliseconds, and no longer than the server runs.
 * const server = new AbortController();
 * const options: AcquireOptions = { timeout: 5, signal: server.signal };
 * await assertRejects(() => lock.acquire(options), DOMException, "within 5 ms");
 * ```
 */
export interface AcquireOptions {
  /**
   * Gives up when aborted: the call rejects with the signal's `reason`, as it
   * is. A signal that is already aborted rejects and takes nothing, even if
   * there would be nothing to wait for. `null` counts as left out.
   */
  signal?: AbortSignal | null | undefined;
  /**
   * Gives up after this many milliseconds of waiting, with a `DOMException`
   * named `TimeoutError`. With `0`, the call succeeds or rejects at once.
   *
   * @default {Infinity}
   */
  timeout?: number | undefined;
}

/** Checked options of a call that may wait. */
export interface Limits {
  readonly signal: AbortSignal | undefined;
  /** In milliseconds; `Infinity` if there is no limit. */
  readonly timeout: number;
  /** Starts the message of a timeout. */
  readonly failure: Failure;
}

/**
 * Reads the options of a call that may wait. A call without options looks at no
 * object, so nothing that pollutes `Object.prototype` can limit it.
 *
 * @param failure Starts the message if they are invalid.
 * @param more Options that the call takes besides, and that the caller reads.
 * @throws {TypeError} If one is of the wrong type or not known.
 * @throws {RangeError} If `timeout` is negative or NaN.
 */
export function readLimits(
  options: unknown,
  failure: Failure,
  more: readonly string[] = [],
): Limits | undefined {
  if (options === undefined) return undefined;
  const known = ["signal", "timeout", ...more];
  const { signal, timeout = Infinity } = readOptions(options, failure, known);
  if (signal !== undefined && signal !== null && !isAbortSignal(signal)) {
    throw wrongType(failure, "signal", "an AbortSignal", signal);
  }
  if (typeof timeout !== "number") {
    throw wrongType(failure, "timeout", "a number of milliseconds", timeout);
  }
  if (!(timeout >= 0)) {
    throw outOfRange(failure, "timeout", "0 or more milliseconds", timeout);
  }
  return { signal: signal ?? undefined, timeout, failure };
}

/** @throws The signal's reason if it is already aborted. */
export function refuseAborted(limits: Limits | undefined): void {
  if (limits?.signal?.aborted) throw abortReason(limits.signal);
}

/**
 * Reads the `name` of a new primitive.
 *
 * @param type The primitive in messages: `read-write lock`.
 * @param more Options that it takes besides, and that the caller reads.
 * @throws {TypeError} If it is not a string, or another option is given.
 */
export function readName(
  options: unknown,
  type: string,
  more: readonly string[] = [],
): string | undefined {
  if (options === undefined) return undefined;
  const failure = () => `Cannot create ${type}`;
  const { name } = readOptions(options, failure, ["name", ...more]);
  if (name !== undefined && typeof name !== "string") {
    throw wrongType(failure, "name", "a string", name);
  }
  return name;
}

/**
 * Checks an options object. An option that is not known is refused rather than
 * ignored: `{ timeOut: 50 }` would wait for ever. That holds for inherited
 * options too, since they are read like own ones.
 *
 * @throws {TypeError} If it is no object or has an unknown option.
 */
export function readOptions(
  options: unknown,
  failure: Failure,
  known: readonly string[],
): Record<string, unknown> {
  if (
    typeof options !== "object" || options === null ||
    Array.isArray(options) || isAbortSignal(options)
  ) {
    const expected = `an object { ${known.join(", ")} }`;
    throw wrongType(failure, "options", expected, options);
  }
  for (const option in options) {
    if (known.includes(option) || isPollution(options, option)) continue;
    throw new TypeError(
      `${failure()}: there is no option ${quote(option)}, ` +
        `only ${known.join(", ")}`,
    );
  }
  return options as Record<string, unknown>;
}

/** Whether somebody has added the property to all objects there are. */
function isPollution(options: object, option: string): boolean {
  return option in Object.prototype && !Object.hasOwn(options, option);
}

/**
 * Reads a whole number: permits, parties.
 *
 * @param least The smallest that will do.
 * @throws {TypeError} If it is not a number.
 * @throws {RangeError} If it is less, larger than 2^53 - 1, or not whole.
 */
export function readCount(
  value: unknown,
  failure: Failure,
  name: string,
  least = 1,
): number {
  if (typeof value !== "number") {
    throw wrongType(failure, name, "a number", value);
  }
  if (!Number.isSafeInteger(value) || value < least) {
    const expected = `a whole number from ${least} to 2^53 - 1`;
    throw outOfRange(failure, name, expected, value);
  }
  return value;
}

/**
 * Reads keys, each once.
 *
 * @throws {TypeError} If they are not iterable, or a string: whoever passes one
 * means that key, not its letters.
 */
export function readKeys<K>(keys: Iterable<K>, failure: Failure): Set<K> {
  const iterator = (keys as Partial<Iterable<K>> | null | undefined)
    ?.[Symbol.iterator];
  if (typeof keys === "string" || typeof iterator !== "function") {
    const expected = "an iterable of keys such as an array";
    throw wrongType(failure, "keys", expected, keys);
  }
  return new Set(keys);
}

/** @throws {TypeError} If `guard` is not a guard. */
export function checkGuard(guard: unknown, failure: Failure): void {
  if (!isGuard(guard)) {
    throw wrongType(failure, "guard", "a LockGuard", guard);
  }
}

/** @throws {TypeError} If `fn` is not a function. */
export function checkFunction(
  fn: unknown,
  failure: Failure,
  name = "fn",
): void {
  if (typeof fn !== "function") {
    throw wrongType(failure, name, "a function", fn);
  }
}
