/**
 * What a task may do with a function made by `once`.
 *
 * @module
 */

import type { CheckedOnce } from "./checked_once.ts";
import type { Attempt } from "./checked_waits.ts";
import type { StepLimits } from "./limits.ts";
import type { WaitCall } from "./reference_waits.ts";
import { attempting } from "./steps.ts";
import type { Step } from "./tasks.ts";

export type OnceStep = Step<CheckedOnce, Attempt<WaitCall>>;

/** Calls it and awaits the outcome. */
export function call(limits?: StepLimits): OnceStep {
  return attempting("call", limits, (once, limits) => once.call(limits));
}

export function reset(): OnceStep {
  return { label: "reset", run: (once) => once.reset() };
}
