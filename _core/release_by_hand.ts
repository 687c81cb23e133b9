/**
 * Private: `lock.release()`, which frees a hold without its guard.
 *
 * A second call in the same tick would end the hold of the waiter that the first
 * call let in, before that waiter has started, and so let two in. It is refused,
 * as in asyncio. A hold that was taken without a wait may be freed at once.
 *
 * @module
 */

import type { Failure } from "./errors.ts";
import type { WaitQueue } from "./wait_queue.ts";

/** Whether a hold can simply end: it lets nobody in, and has started. */
export function isQuiet<T, R>(queue: WaitQueue<T, R>): boolean {
  return queue.length === 0 && queue.notStarted === undefined;
}

/**
 * Ends a hold by hand.
 *
 * @param queue The queue of what is held.
 * @param id The id of the present hold. Ids are odd, and the next hold has the
 * next odd number.
 * @param end Ends that hold if nobody has ended it meanwhile.
 * @throws {Error} If the waiter with the present hold has not started yet.
 */
export function releaseByHand<T, R>(
  queue: WaitQueue<T, R>,
  id: number,
  failure: Failure,
  end: () => void,
): void {
  if (queue.notStarted?.id === id) {
    throw new Error(
      `${failure()}: the waiter that the last release() let in has not started`,
    );
  }
  queue.grant(); // lets nobody in yet, and evicts aborted waiters
  const { first: next } = queue;
  if (next !== undefined) {
    noteNotStarted(queue, id + 2, typeof next === "object" && next.isTimed);
  }
  end();
}

/**
 * Notes that the waiter with a hold has not started, until it starts. Call it
 * before the waiter is granted: the microtask that clears the note is then in
 * front of the waiter's own, which may release by hand as its first act.
 */
export function noteNotStarted<T, R>(
  queue: WaitQueue<T, R>,
  id: number,
  isTimed: boolean,
): void {
  const note = { id };
  queue.notStarted = note;
  void forget(queue, note, isTimed);
}

async function forget<T, R>(
  queue: WaitQueue<T, R>,
  note: { readonly id: number },
  isTimed: boolean,
): Promise<void> {
  await undefined;
  if (isTimed) await undefined; // it starts one microtask later
  if (queue.notStarted === note) queue.notStarted = undefined;
}
