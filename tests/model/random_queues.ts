/**
 * What random programs do with anything that has a queue and holds.
 *
 * @module
 */

import fc from "npm:fast-check@4.10.2";
import type { CheckedLock } from "./checked_lock.ts";
import type { Attempt, Call, CheckedQueue } from "./checked_queue.ts";
import type { CheckedRwLock } from "./checked_rw_lock.ts";
import type { CheckedSemaphore } from "./checked_semaphore.ts";
import * as lock from "./lock_steps.ts";
import { queueSteps } from "./queue_steps.ts";
import { pick, randomLimits } from "./random_programs.ts";
import type { Call as LockCall } from "./reference_lock.ts";
import type { Call as QueueCall } from "./reference_queue.ts";
import type { Side } from "./reference_rw_lock.ts";
import { cancel as cancelRwLock } from "./rw_lock_steps.ts";
import { cancel as cancelSemaphore, resize } from "./semaphore_steps.ts";
import { onAbort } from "./steps.ts";
import type { Step } from "./tasks.ts";

/** What a program may do with a lock that has these keys. */
export function lockSteps(
  keys: readonly string[],
): fc.Arbitrary<Step<CheckedLock, Attempt<LockCall>>> {
  const key = fc.constantFrom(...keys);
  // This includes none at all and one key twice. A Lock has only one.
  const someKeys = keys.length === 1 ? key : fc.array(key, { maxLength: 3 })
    .map((keys) => keys.join(""));
  return steps(someKeys, key.map(lock.free), key.map(lock.cancel));
}

/** What a program may do with a semaphore of so many permits. */
export function semaphoreSteps(
  permits: number,
): fc.Arbitrary<Step<CheckedSemaphore, Attempt<QueueCall<number>>>> {
  const request = fc.integer({ min: 1, max: permits + 1 });
  return steps(request, request.map(resize), fc.constant(cancelSemaphore()));
}

/** What a program may do with a read-write lock. */
export function rwLockSteps(): fc.Arbitrary<
  Step<CheckedRwLock, Attempt<QueueCall<Side>>>
> {
  const downgrading = fc.nat(99).map((index) => ({
    label: `downgrade ${index}`,
    run(lock: CheckedRwLock) {
      const attempt = pick(lock.attempts, index);
      if (attempt !== undefined) lock.downgrade(attempt);
    },
  }));
  const side = fc.constantFrom<Side[]>("read", "write");
  return steps(side, downgrading, fc.constant(cancelRwLock()));
}

/**
 * @param request What may be asked for.
 * @param special What else may be done.
 * @param cancelling How waits are rejected.
 */
function steps<R, S extends CheckedQueue<R, C>, C extends Call>(
  request: fc.Arbitrary<R>,
  special: fc.Arbitrary<Step<S, Attempt<C>>>,
  cancelling: fc.Arbitrary<Step<S, Attempt<C>>>,
): fc.Arbitrary<Step<S, Attempt<C>>> {
  const { acquire, run, runAtOnce, tryAcquire } = queueSteps<R, S, C>();
  const limited = fc.tuple(request, randomLimits);
  const releasing = fc.nat(99).map((index) => ({
    label: `release ${index}`,
    run(subject: S) {
      const attempt = pick(subject.attempts, index);
      if (attempt !== undefined) subject.release(attempt);
    },
  }));
  return fc.oneof(
    { weight: 4, arbitrary: limited.map((args) => acquire(...args)) },
    { weight: 4, arbitrary: releasing },
    request.map(tryAcquire),
    limited.map((args) => run(...args)),
    request.map(runAtOnce),
    special,
    cancelling,
    fc.oneof(
      request.map((request) => acquire(request)),
      releasing,
      special,
      cancelling,
    ).map(onAbort),
  );
}
