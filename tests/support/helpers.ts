/** What several test files need to look at promises and listeners. */

const { setTimeout: realSetTimeout } = globalThis;

/** Resolves when all microtasks have run, also while time is faked. */
export function drainMicrotasks(): Promise<void> {
  return new Promise((resolve) => void realSetTimeout(resolve, 0));
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

/**
 * Counts the listeners added to a signal and removed from it, from now on. A
 * removal that finds nothing does not count.
 */
export function countListeners(
  signal: AbortSignal,
): { added: number; removed: number } {
  const counts = { added: 0, removed: 0 };
  const types = new Map<unknown, unknown>();
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: unknown[]) => {
    const [type, listener] = args;
    counts.added++;
    types.set(listener, type);
    Reflect.apply(addEventListener, signal, args);
  };
  signal.removeEventListener = (...args: unknown[]) => {
    const [type, listener] = args;
    if (types.get(listener) === type) counts.removed++;
    Reflect.apply(removeEventListener, signal, args);
  };
  return counts;
}
