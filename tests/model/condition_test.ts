/**
 * Conditions and their lock: every schedule of every small program, and random
 * long programs, checked against the reference after each step. What is explored
 * is printed.
 *
 * @module
 */

import { Condition, Lock } from "../../mod.ts";
import {
  acquire,
  cancel,
  cancelLock,
  CheckedCondition,
  free,
  notify,
  notifyAll,
  release,
  setReady,
  wait,
  waitFor,
} from "./checked_condition.ts";
import type { CheckedSignal } from "./checked_signal.ts";
import { explorePrograms } from "./explore_programs.ts";
import { FakeTimers } from "./fake_timers.ts";
import { checkPrograms } from "./random_programs.ts";
import { conditionSteps } from "./random_waits.ts";
import { onAbort } from "./steps.ts";

const own = { signal: "own" } as const;
const shared = { signal: "shared" } as const;
const timed = { timeout: 10 };

function twoConditions(): Condition[] {
  const lock = new Lock();
  return [new Condition(lock), new Condition(lock)];
}

Deno.test("Condition does as promised in every schedule of small programs", async () => {
  using timers = new FakeTimers();
  const start = (signals: readonly CheckedSignal[]) =>
    new CheckedCondition(twoConditions(), signals, timers);
  const scripts = [
    [acquire(), wait(), release()],
    [acquire(), wait(own), release()],
    [acquire(), wait(timed), release()],
    [acquire(), waitFor(), release()],
    [acquire(), notify(), release()],
    [acquire(), setReady(), notifyAll(), release()],
    [acquire(), release()],
    [cancelLock()],
    [cancel()],
  ];
  const more = [
    [acquire(), wait(shared), release()],
    [acquire(), waitFor(own), release()],
    [acquire(), waitFor(timed), release()],
    [acquire(), wait(undefined, 1), release()],
    [acquire(), wait({ timeout: 0 }), release()],
    [acquire(), release(), wait()],
    [acquire(own), release()],
    [acquire(), notify(1), release()],
    [notify(0, 2)],
    [free()],
  ];
  await explorePrograms(start, [...scripts, ...more], 2, 8);
  await explorePrograms(start, scripts, 3, 9);
  const aborted = [
    [acquire(), wait(shared), release()],
    [acquire(), wait(), release()],
    [acquire(), release()],
    [onAbort(notify())],
    [onAbort(notify(0, 2))],
    [onAbort(notifyAll())],
    [onAbort(cancel())],
    [onAbort(cancelLock())],
  ];
  await explorePrograms(start, aborted, 3, 10);
});

Deno.test("Condition does as promised in random programs", async () => {
  using timers = new FakeTimers();
  await checkPrograms(
    (signals) => new CheckedCondition(twoConditions(), signals, timers),
    conditionSteps(),
  );
});
