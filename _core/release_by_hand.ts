/**
 * Private: `lock.release()`, which frees a hold without its guard.
 *
 * @module
 */

import type { Failure } from "./errors.ts";
import type { WaitQueue } from "./wait_queue.ts";

/**
 * Ends a hold by hand. A second call in the same tick would end the hold of the
 * waiter that the first call let in, before that waiter has started, and so let
 * two in. It is refused, as in asyncio.
 *
 * @param queue The queue of what is held.
 * @param id The id of the present hold.
 * @param end Ends it and returns the id of the next hold, or 0.
 * @throws {Error} If the waiter with the present hold has not started yet.
 */
export function releaseByHand<T, R>(
  queue: WaitQueue<T, R>,
  id: number,
  failure: Failure,
  end: () => number,
): void {
  if (queue.notStarted === id) {
    throw new Error(
      `${failure()}: the waiter that the last release() let in has not started`,
    );
  }
  const { first: next } = queue;
  const isTimed = typeof next === "object" && next.isTimed && !next.isAborted;
  // Queued before the waiter's own microtask, so the note is gone by the time
  // the waiter runs: it may release by hand as its first act.
  void forget(queue, isTimed ? 2 : 1);
  queue.notStarted = end();
}

/** A wait with a timeout starts one microtask later. */
async function forget<T, R>(
  queue: WaitQueue<T, R>,
  microtasks: number,
): Promise<void> {
  for (let i = 0; i < microtasks; i++) await undefined;
  queue.notStarted = 0;
}
