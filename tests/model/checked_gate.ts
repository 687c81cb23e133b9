/**
 * A gate driven side by side with the reference, and what a task may do with it.
 *
 * @module
 */

import { Gate } from "../../mod.ts";
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
import { ReferenceGate } from "./reference_gate.ts";
import type { WaitCall } from "./reference_waits.ts";
import { attempting } from "./steps.ts";
import type { Step } from "./tasks.ts";

/** Does the same to the gate and to the reference. */
export class CheckedGate extends CheckedWaits<WaitCall> {
  readonly #gate: Gate;
  readonly #reference: ReferenceGate;

  constructor(
    signals: readonly CheckedSignal[],
    timers: FakeTimers,
    gate = new Gate(),
  ) {
    const reference = new ReferenceGate();
    reference.isOpen = gate.isOpen;
    super(reference, signals, timers);
    this.#gate = gate;
    this.#reference = reference;
  }

  wait(limits?: CheckedLimits): Attempt<WaitCall> {
    const call = this.#reference.wait(referenceLimits(limits), this.now);
    return this.observe(
      { call, outcome: "waiting" },
      this.#gate.wait(optionsOf(limits)),
      (value) => value === undefined ? "through" : "a value",
    );
  }

  open(): void {
    this.#reference.open();
    this.#gate.open();
  }

  close(): void {
    this.#reference.close();
    this.#gate.close();
  }

  endAll(): void {
    this.#reference.cancel("cancelled");
    this.#gate.cancel("cancelled");
  }

  protected checkState(): void {
    same("isOpen", this.#gate.isOpen, this.#reference.isOpen);
    same("waiting", this.#gate.waiting, this.#reference.waiting);
  }
}

type GateStep = Step<CheckedGate, Attempt<WaitCall>>;

export function wait(limits?: StepLimits): GateStep {
  return attempting("wait", limits, (gate, limits) => gate.wait(limits));
}

export function open(): GateStep {
  return { label: "open", run: (gate) => gate.open() };
}

export function close(): GateStep {
  return { label: "close", run: (gate) => gate.close() };
}

export function cancel(): GateStep {
  return { label: "cancel", run: (gate) => gate.endAll() };
}
