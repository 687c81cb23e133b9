/**
 * Gates: every schedule of every small program, and random long programs,
 * checked against the reference after each step. What is explored is printed.
 *
 * @module
 */

import { cancel, CheckedGate, close, open, wait } from "./checked_gate.ts";
import type { CheckedSignal } from "./checked_signal.ts";
import { explorePrograms } from "./explore_programs.ts";
import { FakeTimers } from "./fake_timers.ts";
import { checkPrograms } from "./random_programs.ts";
import { gateSteps } from "./random_waits.ts";
import { onAbort } from "./steps.ts";

const own = { signal: "own" } as const;
const shared = { signal: "shared" } as const;
const timed = { timeout: 10 };

Deno.test("Gate does as promised in every schedule of small programs", async () => {
  using timers = new FakeTimers();
  const start = (signals: readonly CheckedSignal[]) =>
    new CheckedGate(signals, timers);
  const scripts = [
    [wait()],
    [wait(own)],
    [wait(timed)],
    [wait(shared)],
    [wait(), wait()],
    [open()],
    [open(), close()],
    [cancel()],
    [onAbort(open())],
  ];
  const more = [
    [wait({ ...own, ...timed })],
    [wait({ timeout: 0 })],
    [wait(own), wait(own)],
    [close(), open()],
    [onAbort(cancel())],
    [onAbort(wait())],
  ];
  await explorePrograms(start, [...scripts, ...more], 2, 8);
  await explorePrograms(start, [...scripts, ...more], 3, 6);
  await explorePrograms(start, scripts, 4, 5);
});

Deno.test("Gate does as promised in random programs", async () => {
  using timers = new FakeTimers();
  await checkPrograms(
    (signals) => new CheckedGate(signals, timers),
    gateSteps(),
  );
});
