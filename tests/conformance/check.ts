/**
 * What the cases check with. It needs no more than the language and timers, so
 * that the suite runs wherever the library does.
 *
 * @module
 */

/** A check that failed. */
export class CheckFailed extends Error {
  override readonly name = "CheckFailed";
}

/** @throws {CheckFailed} Where the two differ. Arrays are compared by item. */
export function equal(what: string, actual: unknown, expected: unknown): void {
  if (Object.is(actual, expected)) return;
  if (
    Array.isArray(actual) && Array.isArray(expected) &&
    actual.length === expected.length &&
    actual.every((item, index) => Object.is(item, expected[index]))
  ) return;
  throw new CheckFailed(
    `${what}: ${show(actual)} instead of ${show(expected)}`,
  );
}

function show(value: unknown): string {
  return Array.isArray(value) ? `[${value.join(", ")}]` : String(value);
}

// Kept here because a case may replace them.
const { setTimeout } = globalThis;

/** Resolves when all microtasks have run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, 0));
}

/** `pending`, `fulfilled` or `rejected`, once all microtasks have run. */
export async function stateOf(promise: Promise<unknown>): Promise<string> {
  let state = "pending";
  promise.then(() => state = "fulfilled", () => state = "rejected");
  await turn();
  return state;
}

/**
 * The value of a promise that is to be fulfilled by now.
 *
 * @throws {CheckFailed} Where it is not.
 */
export async function valueOf<T>(promise: Promise<T>): Promise<T> {
  equal("the promise is", await stateOf(promise), "fulfilled");
  return await promise;
}

/**
 * The error of a promise that is to be rejected in less than two seconds.
 *
 * @throws {CheckFailed} Where it is not.
 */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  const end = Date.now() + 2000;
  let state = await stateOf(promise);
  while (state === "pending" && Date.now() < end) {
    state = await stateOf(promise);
  }
  equal("the promise is", state, "rejected");
  return promise.catch((error) => error);
}

/** What a function throws, or undefined. */
export function thrownBy(fn: () => void): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
}

/** Whether an error's stack goes on to the callers that await it. */
export async function keepsAsyncStacks(): Promise<boolean> {
  const fail = async () => {
    await null;
    throw new DOMException();
  };
  const callerOfFail = async () => void await fail();
  const error = await errorOf(callerOfFail()) as Error;
  return error.stack?.includes("callerOfFail") ?? false;
}

/** How often a signal's listeners were added less how often removed. */
export function listenersOf(signal: AbortSignal): { count: number } {
  const listeners = { count: 0 };
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: unknown[]) => {
    listeners.count++;
    Reflect.apply(addEventListener, signal, args);
  };
  signal.removeEventListener = (...args: unknown[]) => {
    listeners.count--;
    Reflect.apply(removeEventListener, signal, args);
  };
  return listeners;
}

/**
 * Has timers never fire while `fn` runs.
 *
 * @returns How many were left armed at its end.
 */
export async function timersLeftBy(fn: () => Promise<void>): Promise<number> {
  const { setTimeout, clearTimeout } = globalThis;
  const armed = new Set<unknown>();
  let last = 0;
  Object.assign(globalThis, {
    setTimeout: () => {
      armed.add(++last);
      return last;
    },
    clearTimeout: (id: unknown) => armed.delete(id),
  });
  try {
    await fn();
  } finally {
    Object.assign(globalThis, { setTimeout, clearTimeout });
  }
  return armed.size;
}
