/**
 * What random programs do with gates, barriers, conditions and `once`.
 *
 * @module
 */

import fc from "npm:fast-check@4.10.2";
import * as barrier from "./checked_barrier.ts";
import type { CheckedBarrier } from "./checked_barrier.ts";
import * as condition from "./checked_condition.ts";
import type { CheckedCondition, ConditionStep } from "./checked_condition.ts";
import * as gate from "./checked_gate.ts";
import type { CheckedGate } from "./checked_gate.ts";
import type { Attempt } from "./checked_waits.ts";
import { call, type OnceStep, reset } from "./once_steps.ts";
import { pick, randomLimits as limits } from "./random_programs.ts";
import type { WaitCall } from "./reference_waits.ts";
import { onAbort } from "./steps.ts";
import type { Step } from "./tasks.ts";

/** What a program may do with a gate. */
export function gateSteps(): fc.Arbitrary<
  Step<CheckedGate, Attempt<WaitCall>>
> {
  const others = fc.constantFrom(gate.open(), gate.close(), gate.cancel());
  return fc.oneof(
    { weight: 4, arbitrary: limits.map(gate.wait) },
    others,
    fc.oneof(others, fc.constant(gate.wait())).map(onAbort),
  );
}

/** What a program may do with a barrier. */
export function barrierSteps(): fc.Arbitrary<
  Step<CheckedBarrier, Attempt<WaitCall>>
> {
  const others = fc.constantFrom(barrier.reset(), barrier.abort());
  return fc.oneof(
    { weight: 8, arbitrary: limits.map(barrier.wait) },
    others,
    fc.oneof(others, fc.constant(barrier.wait())).map(onAbort),
  );
}

/** What a program may do with two conditions of one lock. */
export function conditionSteps(): fc.Arbitrary<ConditionStep> {
  const { cancel, cancelLock, free, notify, notifyAll, setReady } = condition;
  const index = fc.nat(1);
  const hold = fc.nat(99).map((which) => (lock: CheckedCondition) =>
    pick(lock.holds, which)
  );
  const waiting = (wait: typeof condition.wait) =>
    fc.tuple(limits, index, hold).map((args) => wait(...args));
  const notifying = fc.oneof(
    fc.tuple(index, fc.option(fc.nat(3), { nil: undefined }))
      .map((args) => notify(...args)),
    index.map(notifyAll),
  );
  const others = fc.oneof(
    notifying,
    index.map(cancel),
    fc.constantFrom(cancelLock(), free()),
  );
  return fc.oneof(
    { weight: 4, arbitrary: limits.map(condition.acquire) },
    { weight: 4, arbitrary: hold.map(condition.release) },
    { weight: 3, arbitrary: waiting(condition.wait) },
    { weight: 3, arbitrary: waiting(condition.waitFor) },
    { weight: 4, arbitrary: notifying },
    others,
    fc.boolean().map(setReady),
    fc.oneof(others, fc.constant(condition.acquire())).map(onAbort),
  );
}

/** What a program may do with a function made by `once`. */
export function onceSteps(): fc.Arbitrary<OnceStep> {
  return fc.oneof(
    { weight: 3, arbitrary: limits.map(call) },
    fc.constant(reset()),
  );
}
