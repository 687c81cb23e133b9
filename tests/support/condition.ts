/** What the tests of `Condition` need. */

import { Condition, Lock, type LockGuard } from "../../condition.ts";

/** A condition whose lock is held, and the guard. */
export function makeHeld(): {
  condition: Condition;
  lock: Lock;
  guard: LockGuard;
} {
  const lock = new Lock({ name: "db" });
  const condition = new Condition(lock);
  return { condition, lock, guard: lock.tryAcquire()! };
}

/** A condition for which somebody waits, and whose lock is held by another. */
export function makeWaiting(
  options?: Parameters<Condition["wait"]>[1],
): ReturnType<typeof makeHeld> & { wait: Promise<void>; other: LockGuard } {
  const held = makeHeld();
  const wait = held.condition.wait(held.guard, options);
  return { ...held, wait, other: held.lock.tryAcquire()! };
}
