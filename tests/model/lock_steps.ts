/**
 * What a task may do with a lock. `"ab"` stands for two keys.
 *
 * @module
 */

import type { CheckedLock } from "./checked_lock.ts";
import type { Attempt } from "./checked_queue.ts";
import { queueSteps } from "./queue_steps.ts";
import type { Call } from "./reference_lock.ts";
import type { Step } from "./tasks.ts";

type LockStep = Step<CheckedLock, Attempt<Call>>;

export const { acquire, release, run, runAtOnce, tryAcquire } = queueSteps<
  string,
  CheckedLock,
  Call
>();

/** The lock's own `release()`. */
export function free(key: string): LockStep {
  return { label: `release ${key}`, run: (lock) => lock.free(key) };
}

export function cancel(key: string): LockStep {
  return { label: `cancel ${key}`, run: (lock) => lock.cancel(key) };
}
