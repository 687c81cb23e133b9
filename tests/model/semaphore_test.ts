/**
 * Semaphores: every schedule of every small program, and random long programs,
 * checked against the reference after each step. What is explored is printed.
 *
 * @module
 */

import { Semaphore } from "../../mod.ts";
import { CheckedSemaphore } from "./checked_semaphore.ts";
import type { CheckedSignal } from "./checked_signal.ts";
import { explorePrograms } from "./explore_programs.ts";
import { FakeTimers } from "./fake_timers.ts";
import { checkPrograms } from "./random_programs.ts";
import { semaphoreSteps } from "./random_queues.ts";
import {
  acquire,
  cancel,
  release,
  resize,
  run,
  runAtOnce,
  tryAcquire,
} from "./semaphore_steps.ts";
import { onAbort } from "./steps.ts";

const own = { signal: "own" } as const;
const shared = { signal: "shared" } as const;
const timed = { timeout: 10 };

Deno.test("Semaphore does as promised in every schedule of small programs", async () => {
  using timers = new FakeTimers();
  const start = (signals: readonly CheckedSignal[]) =>
    new CheckedSemaphore(new Semaphore(2), signals, timers);
  const scripts = [
    [acquire(1), release()],
    [acquire(2), release()],
    [acquire(2, own), release()],
    [acquire(1, timed), release()],
    [tryAcquire(1), release()],
    [run(2), release()],
    [resize(1)],
    [resize(3)],
    [cancel()],
  ];
  const more = [
    [acquire(1, own), release()],
    [acquire(1, shared), release()],
    [acquire(2, shared), release()],
    [acquire(2, { ...own, ...timed }), release()],
    [acquire(2, { timeout: 0 }), release()],
    [acquire(3, own), release()],
    [tryAcquire(2), release()],
    [tryAcquire(3), release()],
    [acquire(1), release(), release()],
    [acquire(1), acquire(1), release(1), release()],
    [runAtOnce(2)],
    [run(1, own), release()],
    [resize(1), resize(2)],
    [acquire(1), onAbort(release())],
    [onAbort(resize(1))],
    [onAbort(resize(3))],
    [onAbort(cancel())],
    [onAbort(acquire(1)), release()],
  ];
  await explorePrograms(start, [...scripts, ...more], 2, 8);
  await explorePrograms(start, [...scripts, ...more], 3, 6);
  await explorePrograms(start, scripts, 4, 7);
});

for (const permits of [1, 3, 20]) {
  const title = `Semaphore(${permits})`;
  Deno.test(`${title} does as promised in random programs`, async () => {
    using timers = new FakeTimers();
    await checkPrograms(
      (signals) =>
        new CheckedSemaphore(new Semaphore(permits), signals, timers),
      semaphoreSteps(permits),
    );
  });
}
