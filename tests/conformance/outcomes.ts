/**
 * What the cases need to look at outcomes, stacks and timers.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { settledState } from "../support/promises.ts";

/** The value of a promise that should be fulfilled by now. */
export async function valueOf<T>(promise: Promise<T>): Promise<T> {
  assertEquals(await settledState(promise), "fulfilled");
  return await promise;
}

/** The error of a promise that should be rejected within two seconds. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  const end = Date.now() + 2000;
  let state = await settledState(promise);
  while (state === "pending" && Date.now() < end) {
    state = await settledState(promise);
  }
  assertEquals(state, "rejected");
  return promise.catch((error) => error);
}

/** Whether an error's stack includes the async callers. */
export async function keepsAsyncStacks(): Promise<boolean> {
  const fail = async () => {
    await null;
    throw new DOMException();
  };
  const callerOfFail = async () => void await fail();
  const error = await errorOf(callerOfFail()) as Error;
  return error.stack?.includes("callerOfFail") ?? false;
}

/**
 * Runs `fn` while no timer fires.
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
