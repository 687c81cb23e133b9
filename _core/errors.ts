/**
 * Private: errors and their wording. Each message says first what could not be
 * done, then why.
 *
 * @module
 */

/** Starts an error's message: `Cannot acquire lock "db"`. */
export type Failure = () => string;

/** The error for an argument or an option of the wrong type. */
export function wrongType(
  failure: Failure,
  name: string,
  expected: string,
  actual: unknown,
): TypeError {
  return new TypeError(
    `${failure()}: ${name} must be ${expected}, got ${show(actual)}`,
  );
}

/** The error for a number that is too small, too large or not a number. */
export function outOfRange(
  failure: Failure,
  name: string,
  expected: string,
  actual: number,
): RangeError {
  return new RangeError(
    `${failure()}: ${name} must be ${expected}, got ${actual}`,
  );
}

/**
 * The error of a wait that has taken too long.
 *
 * @param state What is in the way: `still held, 2 waiting`.
 */
export function timeoutError(
  failure: Failure,
  timeout: number,
  state: string,
): DOMException {
  const message = `${failure()} within ${timeout} ms: ${state}`;
  return new DOMException(message, "TimeoutError");
}

/** Gives each cancelled wait its reason: the one given, or a new error. */
export function cancelReason(
  reason: unknown,
  failure: Failure,
  why = "the wait was cancelled",
): () => unknown {
  if (reason !== undefined) return () => reason;
  return () => new DOMException(`${failure()}: ${why}`, "AbortError");
}

/** Strings that are longer are cut in messages. */
const LONGEST = 60;

/** A value as messages show it. Throws for none, even if a getter or proxy does. */
export function show(value: unknown): string {
  if (typeof value === "string") return quote(value);
  if (typeof value === "bigint") return shorten(`${value}n`);
  if (typeof value === "symbol") return shorten(String(value));
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  if (isArray(value)) return "an array";
  return isAbortSignal(value) ? "an AbortSignal" : "an object";
}

/** A name or a key in quotes, cut if it is long: messages are kept and logged. */
export function quote(text: string): string {
  if (text.length <= LONGEST) return JSON.stringify(text);
  return `${
    JSON.stringify(text.slice(0, LONGEST))
  }… (${text.length} characters)`;
}

/** `lock "db"`, or only `lock` if there is no name. */
export function label(type: string, name: string | undefined): string {
  return name === undefined ? type : `${type} ${quote(name)}`;
}

/** `key "a" of keyed lock "users"`; at most five keys are shown. */
export function keysLabel(
  keys: Iterable<unknown>,
  type: string,
  name: string | undefined,
): string {
  const all = [...keys];
  const shown = all.slice(0, 5).map(show);
  if (all.length > 5) shown.push(`${all.length - 5} more`);
  const words = all.length === 1 ? ["key"] : ["keys"];
  if (shown.length > 0) words.push(shown.join(", "));
  if (name !== undefined) words.push("of", label(type, name));
  return words.join(" ");
}

function shorten(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}

// Proxies may throw wherever they are looked at.

function isArray(value: unknown): boolean {
  try {
    return Array.isArray(value);
  } catch {
    return false; // a revoked proxy
  }
}

/** A signal of any realm or polyfill: test environments bring their own. */
export function isAbortSignal(value: unknown): value is AbortSignal {
  try {
    const signal = value as Partial<AbortSignal> | null | undefined;
    return typeof signal?.aborted === "boolean" &&
      typeof signal.addEventListener === "function" &&
      typeof signal.removeEventListener === "function";
  } catch {
    return false;
  }
}
