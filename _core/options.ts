/**
 * Private: what callers pass in. Checks it, reads it once, and words the
 * errors, so that every primitive refuses the same things in the same way.
 *
 * @module
 */

/** Checked options of a call that may wait. */
export interface Limits {
  readonly signal: AbortSignal | undefined;
  /** In milliseconds; `Infinity` where there is no limit. */
  readonly timeout: number;
  /** Starts the error's message: `Cannot acquire lock "db"`. */
  readonly cannot: () => string;
}

/**
 * Reads the options of a call that may wait.
 *
 * @param cannot Says what can't be done if they are no good.
 * @param known The options that the call takes.
 * @throws {TypeError} Where one is of the wrong type or not known.
 * @throws {RangeError} Where `timeout` is negative or NaN.
 */
export function readLimits(
  options: unknown,
  cannot: () => string,
  known: readonly string[] = ["signal", "timeout"],
): Limits {
  const { signal, timeout = Infinity } = readOptions(options, cannot, known);
  if (signal !== undefined && !isAbortSignal(signal)) {
    throw wrong(cannot, "signal", "an AbortSignal", signal);
  }
  if (typeof timeout !== "number") {
    throw wrong(cannot, "timeout", "a number of milliseconds", timeout);
  }
  if (!(timeout >= 0)) {
    throw new RangeError(
      `${cannot()}: timeout must be 0 or more milliseconds, got ${timeout}`,
    );
  }
  return { signal, timeout, cannot };
}

/** @throws The signal's reason where it is aborted already. */
export function refuseAborted(limits: Limits | undefined): void {
  if (limits?.signal?.aborted) throw limits.signal.reason;
}

/**
 * Reads the `name` of a new lock.
 *
 * @throws {TypeError} Where it is not a string, or another option is given.
 */
export function readName(options: unknown, type: string): string | undefined {
  const cannot = () => `Cannot create ${type}`;
  const { name } = readOptions(options, cannot, ["name"]);
  if (name !== undefined && typeof name !== "string") {
    throw wrong(cannot, "name", "a string", name);
  }
  return name;
}

/**
 * Reads an options object. An option that is not known is refused rather than
 * ignored: `{ timeOut: 50 }` would wait for ever.
 *
 * @throws {TypeError} Where it is no object or holds an unknown option.
 */
export function readOptions(
  options: unknown,
  cannot: () => string,
  known: readonly string[],
): Record<string, unknown> {
  if (options === undefined) return {};
  if (
    typeof options !== "object" || options === null ||
    Array.isArray(options) || isAbortSignal(options)
  ) {
    throw wrong(
      cannot,
      "options",
      `an object { ${known.join(", ")} }`,
      options,
    );
  }
  for (const option of Object.keys(options)) {
    if (known.includes(option)) continue;
    throw new TypeError(
      `${cannot()}: there is no option "${option}", only ${known.join(", ")}`,
    );
  }
  return options as Record<string, unknown>;
}

/**
 * Reads keys, each once.
 *
 * @throws {TypeError} Where they are not iterable, or a string: who passes one
 * means that key, not its letters.
 */
export function readKeys<K>(keys: Iterable<K>, cannot: () => string): Set<K> {
  const iterator = (keys as Partial<Iterable<K>> | null | undefined)
    ?.[Symbol.iterator];
  if (typeof keys === "string" || typeof iterator !== "function") {
    throw wrong(cannot, "keys", "an iterable of keys such as an array", keys);
  }
  return new Set(keys);
}

/** @throws {TypeError} Where `fn` is not a function. */
export function checkFunction(
  fn: unknown,
  cannot: () => string,
  name = "fn",
): void {
  if (typeof fn !== "function") throw wrong(cannot, name, "a function", fn);
}

/** The error for an argument or an option of the wrong type. */
export function wrong(
  cannot: () => string,
  name: string,
  expected: string,
  actual: unknown,
): TypeError {
  const got = isAbortSignal(actual)
    ? "an AbortSignal"
    : Array.isArray(actual)
    ? "an array"
    : show(actual);
  return new TypeError(`${cannot()}: ${name} must be ${expected}, got ${got}`);
}

/** The error of a wait that has taken too long. */
export function timeoutError(limits: Limits, waiting: number): DOMException {
  return new DOMException(
    `${limits.cannot()} within ${limits.timeout} ms: still held, ` +
      `${waiting} waiting`,
    "TimeoutError",
  );
}

/** What a cancelled wait is rejected with: the reason given, or a new error. */
export function cancelReason(
  reason: unknown,
  cannot: () => string,
): () => unknown {
  if (reason !== undefined) return () => reason;
  return () =>
    new DOMException(`${cannot()}: the wait was cancelled`, "AbortError");
}

/** A value as messages show it, whatever it is. Runs no code of the value's. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  return "an object";
}

/** Any realm's and any polyfill's will do: test environments bring their own. */
function isAbortSignal(value: unknown): value is AbortSignal {
  const signal = value as Partial<AbortSignal> | null | undefined;
  return typeof signal?.aborted === "boolean" &&
    typeof signal.addEventListener === "function" &&
    typeof signal.removeEventListener === "function";
}
