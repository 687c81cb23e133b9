/**
 * A lock and its conditions driven side by side with the reference, and what a
 * task may do with them.
 *
 * @module
 */

import type { Condition, Lock, LockGuard } from "../../mod.ts";
import type { CheckedSignal } from "./checked_signal.ts";
import { type Attempt, CheckedWaits } from "./checked_waits.ts";
import { same, throws } from "./explore.ts";
import type { FakeTimers } from "./fake_timers.ts";
import {
  type CheckedLimits,
  optionsOf,
  referenceLimits,
  type StepLimits,
} from "./limits.ts";
import {
  type ConditionCall,
  ReferenceCondition,
} from "./reference_condition.ts";
import { attempting } from "./steps.ts";
import type { Step } from "./tasks.ts";

/** A guard that somebody has got, and the call that gave it. */
interface Hold {
  readonly guard: LockGuard;
  readonly call: ConditionCall;
}

/** A call, and the guard that it gave. */
export interface LockAttempt extends Attempt<ConditionCall> {
  hold?: Hold;
}

/** How many guards are kept. */
const KEPT = 16;

/** Does the same to both. The conditions are of one lock. */
export class CheckedCondition extends CheckedWaits<ConditionCall, LockAttempt> {
  /** The latest of them. */
  holds: Hold[] = [];
  readonly #lock: Lock;
  readonly #conditions: readonly Condition[];
  readonly #reference: ReferenceCondition;

  constructor(
    conditions: readonly Condition[],
    signals: readonly CheckedSignal[],
    timers: FakeTimers,
  ) {
    const reference = new ReferenceCondition();
    super(reference, signals, timers);
    this.#lock = conditions[0]!.lock;
    this.#conditions = conditions;
    this.#reference = reference;
  }

  acquire(limits?: CheckedLimits): LockAttempt {
    const call = this.#reference.acquire(referenceLimits(limits), this.now);
    const attempt: LockAttempt = { call, outcome: "waiting" };
    const guard = this.#lock.acquire(optionsOf(limits));
    return this.observe(attempt, guard, (guard) => {
      attempt.hold = { guard, call };
      this.holds.push(attempt.hold);
      return "granted";
    });
  }

  wait(hold: Hold, index: number, limits?: CheckedLimits): LockAttempt {
    const attempt = this.#start("wait", hold, index, limits);
    const condition = this.#conditions[index]!;
    const wait = condition.wait(hold.guard, optionsOf(limits));
    return this.observe(attempt, wait, () => "notified");
  }

  /** The predicate is whether all is ready. */
  waitFor(hold: Hold, index: number, limits?: CheckedLimits): LockAttempt {
    const attempt = this.#start("waitFor", hold, index, limits);
    const wait = this.#conditions[index]!.waitFor(
      hold.guard,
      () => this.#reference.isReady,
      optionsOf(limits),
    );
    return this.observe(attempt, wait, () => "notified");
  }

  /** Has predicates be true or false from now on. */
  set isReady(isReady: boolean) {
    this.#reference.isReady = isReady;
  }

  release({ guard, call }: Hold): void {
    this.#reference.release(call.guard);
    guard.release();
  }

  /** The lock's own `release()`. */
  free(): void {
    const may = this.#reference.free();
    same("release() threw", throws(() => this.#lock.release()), !may);
  }

  notify(index: number, count: number | undefined): void {
    const may = this.#reference.notify(index, count ?? 1);
    const notify = () => this.#conditions[index]!.notify(count);
    same("notify() threw", throws(notify), !may);
  }

  notifyAll(index: number): void {
    const may = this.#reference.notify(index, Infinity);
    const notifyAll = () => this.#conditions[index]!.notifyAll();
    same("notifyAll() threw", throws(notifyAll), !may);
  }

  cancel(index: number): void {
    this.#reference.cancel(index, "cancelled");
    this.#conditions[index]!.cancel("cancelled");
  }

  cancelLock(): void {
    this.#reference.cancelLock("lock cancelled");
    this.#lock.cancel("lock cancelled");
  }

  protected override microtasksRan(): void {
    this.#reference.runMicrotasks();
    this.holds = this.holds.slice(-KEPT);
  }

  override async end(): Promise<void> {
    this.isReady = true;
    this.endAll();
    await this.drain();
    while (this.#reference.isLocked) {
      this.free();
      await this.drain();
    }
    await super.end();
    same("locked at the end", this.#lock.locked, false);
  }

  protected checkState(): void {
    same("locked", this.#lock.locked, this.#reference.isLocked);
    same("waiting", this.#lock.waiting, this.#reference.queued);
    for (const [index, condition] of this.#conditions.entries()) {
      const waiting = this.#reference.waiting(index);
      same(`waiting for ${index}`, condition.waiting, waiting);
    }
    for (const { guard, call } of this.holds) {
      same("held", guard.held, call.guard.held);
    }
  }

  endAll(): void {
    this.cancelLock();
    for (const index of this.#conditions.keys()) this.cancel(index);
  }

  #start(
    kind: "wait" | "waitFor",
    hold: Hold,
    index: number,
    limits?: CheckedLimits,
  ): LockAttempt {
    const { guard } = hold.call;
    const of = referenceLimits(limits);
    const call = this.#reference.wait(kind, guard, index, of, this.now);
    return { call, outcome: "waiting" };
  }
}

export type ConditionStep = Step<CheckedCondition, LockAttempt>;

export function acquire(limits?: StepLimits): ConditionStep {
  return attempting("acquire", limits, (lock, limits) => lock.acquire(limits));
}

/** Which guard a step is for: if not told otherwise, the first of the task. */
type WhichHold = (
  lock: CheckedCondition,
  attempts: readonly (LockAttempt | undefined)[],
) => Hold | undefined;

const ownHold: WhichHold = (_, attempts) => attempts[0]?.hold;

/** Frees the lock and waits for a notification, if there is a guard. */
export function wait(
  limits?: StepLimits,
  condition = 0,
  which = ownHold,
): ConditionStep {
  return ifHolding(
    which,
    attempting(`wait for ${condition}`, limits, (lock, limits, attempts) => {
      const hold = which(lock, attempts);
      return hold && lock.wait(hold, condition, limits);
    }),
  );
}

/** The same until all is ready. */
export function waitFor(
  limits?: StepLimits,
  condition = 0,
  which = ownHold,
): ConditionStep {
  return ifHolding(
    which,
    attempting(`wait until ready for ${condition}`, limits, (lock, ...args) => {
      const [limits, attempts] = args;
      const hold = which(lock, attempts);
      return hold && lock.waitFor(hold, condition, limits);
    }),
  );
}

export function release(which = ownHold): ConditionStep {
  return ifHolding(which, {
    label: "release",
    run(lock, { attempts }) {
      const hold = which(lock, attempts);
      if (hold !== undefined) lock.release(hold);
    },
  });
}

/** The lock's own `release()`. */
export function free(): ConditionStep {
  return { label: "release the lock", run: (lock) => lock.free() };
}

export function notify(condition = 0, count?: number): ConditionStep {
  return {
    label: `notify ${count ?? ""} of ${condition}`,
    run: (lock) => lock.notify(condition, count),
  };
}

export function notifyAll(condition = 0): ConditionStep {
  return {
    label: `notify all of ${condition}`,
    run: (lock) => lock.notifyAll(condition),
  };
}

export function cancel(condition = 0): ConditionStep {
  return {
    label: `cancel ${condition}`,
    run: (lock) => lock.cancel(condition),
  };
}

export function cancelLock(): ConditionStep {
  return { label: "cancel the lock", run: (lock) => lock.cancelLock() };
}

export function setReady(isReady = true): ConditionStep {
  return {
    label: isReady ? "ready" : "not ready",
    run: (lock) => void (lock.isReady = isReady),
  };
}

/** Passes over what a task would do with a guard that it has not got. */
function ifHolding(which: WhichHold, step: ConditionStep): ConditionStep {
  if (which !== ownHold) return step;
  return { ...step, isVoid: ({ attempts }) => !attempts[0]?.hold };
}
