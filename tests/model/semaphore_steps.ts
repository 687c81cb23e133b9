/**
 * What a task may do with a semaphore.
 *
 * @module
 */

import type { Attempt } from "./checked_queue.ts";
import type { CheckedSemaphore } from "./checked_semaphore.ts";
import { queueSteps } from "./queue_steps.ts";
import type { Call } from "./reference_queue.ts";
import type { Step } from "./tasks.ts";

export const { acquire, cancel, release, run, runAtOnce, tryAcquire } =
  queueSteps<number, CheckedSemaphore, Call<number>>();

export function resize(
  permits: number,
): Step<CheckedSemaphore, Attempt<Call<number>>> {
  return {
    label: `resize to ${permits}`,
    run: (semaphore) => semaphore.resize(permits),
  };
}
