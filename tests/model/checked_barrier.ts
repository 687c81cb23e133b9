/**
 * A barrier driven side by side with the reference, and what a task may do with
 * it.
 *
 * @module
 */

import type { Barrier } from "../../mod.ts";
import type { CheckedSignal } from "./checked_signal.ts";
import { type Attempt, CheckedWaits } from "./checked_waits.ts";
import { same } from "./explore.ts";
import type { FakeTimers } from "./fake_timers.ts";
import {
  type CheckedLimits,
  optionsOf,
  referenceLimits,
  type StepLimits,
} from "./limits.ts";
import { ReferenceBarrier } from "./reference_barrier.ts";
import type { WaitCall } from "./reference_waits.ts";
import { attempting } from "./steps.ts";
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
    const waiting = this.#barrier.wait(optionsOf(limits));
    return this.observe({ call, outcome: "waiting" }, waiting, String);
  }

  endAll(): void {
    this.#reference.reset();
    this.#barrier.reset();
  }

  breakWith(reason: string): void {
    this.#reference.breakWith(reason);
    this.#barrier.abort(reason);
  }

  protected checkState(): void {
    const { broken } = this.#reference;
    same("broken", this.#barrier.broken, broken !== undefined);
    same("waiting", this.#barrier.waiting, this.#reference.waiting);
  }
}

type BarrierStep = Step<CheckedBarrier, Attempt<WaitCall>>;

export function wait(limits?: StepLimits): BarrierStep {
  return attempting("wait", limits, (barrier, limits) => barrier.wait(limits));
}

export function reset(): BarrierStep {
  return { label: "reset", run: (barrier) => barrier.endAll() };
}

export function abort(reason = "broken"): BarrierStep {
  return {
    label: `abort with ${reason}`,
    run: (barrier) => barrier.breakWith(reason),
  };
}
