/**
 * What a task may do with a function made by `once`.
 *
 * @module
 */

import type { CheckedOnce, OnceAttempt } from "./checked_once.ts";
import type { Script, SignalName, Step } from "./tasks.ts";

export type OnceScript = Script<CheckedOnce, OnceAttempt>;
type OnceStep = Step<CheckedOnce, OnceAttempt>;

/** Calls it and awaits the outcome. */
export function call(signal?: SignalName): OnceStep {
  return {
    label: signal === undefined ? "call" : `call with ${signal} signal`,
    signal,
    run(once, { attempts, signals }) {
      const own = signal === undefined ? undefined : signals[signal];
      attempts.push(once.call(own));
    },
  };
}

export function reset(): OnceStep {
  return { label: "reset", run: (once) => once.reset() };
}
