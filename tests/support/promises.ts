/**
 * What tests need to look at promises. It runs wherever the library does.
 *
 * @module
 */

// Kept here, since tests replace the timers.
const { setTimeout } = globalThis;

// Browsers lack it. Where it exists, it is a thousand times as fast.
const { setImmediate } = globalThis as {
  setImmediate?: (callback: () => void) => void;
};

/** Resolves when all microtasks have run, even while time is faked. */
export function drainMicrotasks(): Promise<void> {
  return new Promise((resolve) => {
    if (setImmediate) setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}

/** How a promise stands when all microtasks have run. */
export async function settledState(
  promise: Promise<unknown>,
): Promise<"pending" | "fulfilled" | "rejected"> {
  let state: "pending" | "fulfilled" | "rejected" = "pending";
  promise.then(() => state = "fulfilled", () => state = "rejected");
  await drainMicrotasks();
  return state;
}

/** What a promise rejects with. Rejects if the promise is fulfilled. */
export function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => Promise.reject(new Error("It was not rejected")),
    (reason) => reason,
  );
}
