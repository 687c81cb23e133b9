/**
 * A barrier driven side by side with the reference, and what a task may do with
 * it.
 *
 * @module
 */

import type { Barrier } from "../../mod.ts";
import type { CheckedLimits } from "./checked_lock.ts";
import type { CheckedSignal } from "./checked_signal.ts";
import {
  type Attempt,
  CheckedWaits,
  optionsOf,
  referenceLimits,
  type StepLimits,
  waiting,
} from "./checked_waits.ts";
import { same } from "./explore.ts";
import type { FakeTimers } from "./fake_timers.ts";
import { ReferenceBarrier } from "./reference_barrier.ts";
import type { WaitCall } from "./reference_waits.ts";
import type { Step } from "./tasks.ts";

/** Does the same to the barrier and to the reference. */
export class CheckedBarrier extends CheckedWaits<WaitCall> {
  readonly #barrier: Barrier;
  readonly #reference: ReferenceBarrier;

  constructor(
    barrier: Barrier,
    signals: readonly CheckedSignal[],
    timers: FakeTimers,
  ) {
    const reference = new ReferenceBarrier(barrier.parties);
    super(reference, signals, timers);
    this.#barrier = barrier;
    this.#reference = reference;
  }

  wait(limits?: CheckedLimits): Attempt<WaitCall> {
    const call = this.#reference.wait(referenceLimits(limits), this.now);
    return this.observe(call, this.#barrier.wait(optionsOf(limits)), String);
  }

  reset(): void {
    this.#reference.reset();
    this.#barrier.reset();
  }

  abortAll(reason: string): void {
    this.#reference.breakWith(reason);
    this.#barrier.abort(reason);
  }

  protected checkState(): void {
    const { broken } = this.#reference;
    same("broken", this.#barrier.broken, broken !== undefined);
    same("waiting", this.#barrier.waiting, this.#reference.waiting);
  }

  protected endAll(): void {
    this.reset();
  }
}

type BarrierStep = Step<CheckedBarrier, Attempt<WaitCall>>;

export function wait(limits?: StepLimits): BarrierStep {
  return waiting("wait", limits, (barrier, limits) => barrier.wait(limits));
}

export function reset(): BarrierStep {
  return { label: "reset", run: (barrier) => barrier.reset() };
}

export function abort(reason = "broken"): BarrierStep {
  return {
    label: `abort with ${reason}`,
    run: (barrier) => barrier.abortAll(reason),
  };
}
