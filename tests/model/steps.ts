/**
 * Steps that every task may take, whatever the tasks share.
 *
 * @module
 */

import type { CheckedLimits, StepLimits } from "./limits.ts";
import type { Attempt, Step } from "./tasks.ts";

/** A step that makes a call which may wait. */
export function attempting<S, A extends Attempt>(
  what: string,
  limits: StepLimits | undefined,
  attempt: (
    subject: S,
    limits: CheckedLimits | undefined,
    attempts: readonly (A | undefined)[],
  ) => A | undefined,
): Step<S, A> {
  const { signal, timeout } = limits ?? {};
  const words = [what];
  if (signal !== undefined) words.push(`with ${signal} signal`);
  if (timeout !== undefined) words.push(`within ${timeout} ms`);
  return {
    label: words.join(" "),
    signal,
    timeout,
    run(subject, { attempts, signals }) {
      const checked = limits && { signal: signal && signals[signal], timeout };
      attempts.push(attempt(subject, checked, attempts));
    },
  };
}

/** Has a listener of the shared signal take the step. */
export function onAbort<S, A extends Attempt>(step: Step<S, A>): Step<S, A> {
  return {
    label: `on abort ${step.label}`,
    signal: "shared",
    run: (subject, task) =>
      task.signals.shared.onAbort(() => step.run(subject, task)),
  };
}
