/**
 * Barriers: every schedule of every small program, and random long programs,
 * checked against the reference after each step. What is explored is printed.
 *
 * @module
 */

import { Barrier } from "../../mod.ts";
import { abort, CheckedBarrier, reset, wait } from "./checked_barrier.ts";
import type { CheckedSignal } from "./checked_signal.ts";
import { explorePrograms } from "./explore_programs.ts";
import { FakeTimers } from "./fake_timers.ts";
import { checkPrograms } from "./random_programs.ts";
import { barrierSteps } from "./random_waits.ts";
import { onAbort } from "./steps.ts";

const own = { signal: "own" } as const;
const shared = { signal: "shared" } as const;
const timed = { timeout: 10 };

for (const parties of [2, 3]) {
  const title = `Barrier(${parties})`;
  Deno.test(`${title} does as promised in every schedule of small programs`, async () => {
    using timers = new FakeTimers();
    const start = (signals: readonly CheckedSignal[]) =>
      new CheckedBarrier(new Barrier(parties), signals, timers);
    const scripts = [
      [wait()],
      [wait(own)],
      [wait(timed)],
      [wait(shared)],
      [wait(), wait()],
      [reset()],
      [abort()],
      [onAbort(wait())],
    ];
    const more = [
      [wait({ ...own, ...timed })],
      [wait({ timeout: 0 })],
      [wait(own), wait(own)],
      [abort("first"), abort("second")],
      [abort(), reset()],
      [onAbort(abort())],
      [onAbort(reset())],
    ];
    await explorePrograms(start, [...scripts, ...more], 2, 7);
    await explorePrograms(start, [...scripts, ...more], 3, 6);
    await explorePrograms(start, scripts, 4, 5);
  });
}

for (const parties of [1, 2, 5]) {
  const title = `Barrier(${parties})`;
  Deno.test(`${title} does as promised in random programs`, async () => {
    using timers = new FakeTimers();
    await checkPrograms(
      (signals) => new CheckedBarrier(new Barrier(parties), signals, timers),
      barrierSteps(),
    );
  });
}
