/**
 * What a task may do with a read-write lock.
 *
 * @module
 */

import type { Attempt } from "./checked_queue.ts";
import type { CheckedRwLock } from "./checked_rw_lock.ts";
import { queueSteps } from "./queue_steps.ts";
import type { Call } from "./reference_queue.ts";
import type { Side } from "./reference_rw_lock.ts";
import type { Step } from "./tasks.ts";

export const { acquire, cancel, release, run, runAtOnce, tryAcquire } =
  queueSteps<Side, CheckedRwLock, Call<Side>>();

/** Tries it with whatever guard the task took first, or another one. */
export function downgrade(index = 0): Step<CheckedRwLock, Attempt<Call<Side>>> {
  return {
    label: `downgrade guard ${index}`,
    isVoid: ({ attempts }) => attempts[index]?.guard === undefined,
    run(lock, { attempts }) {
      const attempt = attempts[index];
      if (attempt !== undefined) attempts.push(lock.downgrade(attempt));
    },
  };
}
