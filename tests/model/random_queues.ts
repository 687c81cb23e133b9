/**
 * What random programs do with anything that has a queue.
 *
 * @module
 */

import fc from "npm:fast-check@4.10.2";
import type { Attempt } from "./checked_queue.ts";
import type { CheckedRwLock } from "./checked_rw_lock.ts";
import type { CheckedSemaphore } from "./checked_semaphore.ts";
import { type Queue, queueSteps } from "./queue_steps.ts";
import { pick } from "./random_programs.ts";
import type { Call } from "./reference_queue.ts";
import type { Side } from "./reference_rw_lock.ts";
import { resize } from "./semaphore_steps.ts";
import type { SignalName, Step } from "./tasks.ts";

/** What a program may do with a semaphore of so many permits. */
export function semaphoreSteps(
  permits: number,
): fc.Arbitrary<Step<CheckedSemaphore, Attempt<Call<number>>>> {
  const request = fc.integer({ min: 1, max: permits + 1 });
  const resizing = request.map(resize);
  return steps<number, CheckedSemaphore>(request, resizing);
}

/** What a program may do with a read-write lock. */
export function rwLockSteps(): fc.Arbitrary<
  Step<CheckedRwLock, Attempt<Call<Side>>>
> {
  const downgrading = fc.nat(99).map((index) => ({
    label: `downgrade ${index}`,
    run(lock: CheckedRwLock) {
      const attempt = pick(lock.attempts, index);
      if (attempt !== undefined) lock.downgrade(attempt);
    },
  }));
  return steps<Side, CheckedRwLock>(
    fc.constantFrom("read", "write"),
    downgrading,
  );
}

/**
 * @param request What may be asked for.
 * @param special What else may be done.
 */
function steps<R, S extends Queue<R>>(
  request: fc.Arbitrary<R>,
  special: fc.Arbitrary<Step<S, Attempt<Call<R>>>>,
): fc.Arbitrary<Step<S, Attempt<Call<R>>>> {
  const { acquire, cancel, onAbort, run, runAtOnce, tryAcquire } = queueSteps<
    R,
    S
  >();
  const limits = fc.option(
    fc.record({
      signal: fc.constantFrom<SignalName[]>("own", "shared"),
      timeout: fc.constantFrom(0, 10, 20),
    }, { requiredKeys: [] }),
    { nil: undefined },
  );
  const releasing = fc.nat(99).map((index) => ({
    label: `release ${index}`,
    run(subject: S) {
      const attempt = pick(subject.attempts, index);
      if (attempt !== undefined) subject.release(attempt);
    },
  }));
  const cancelling = fc.constant(cancel());
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fc.tuple(request, limits).map((args) => acquire(...args)),
    },
    { weight: 4, arbitrary: releasing },
    request.map(tryAcquire),
    fc.tuple(request, limits).map((args) => run(...args)),
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
