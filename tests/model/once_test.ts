/**
 * Functions made by `once`: every schedule of every small program, and random
 * long programs, checked against the reference after each step. Then work that
 * ends in a random order. What is explored is printed.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import fc from "npm:fast-check@4.10.2";
import { once } from "../../mod.ts";
import { CheckedOnce } from "./checked_once.ts";
import type { CheckedSignal } from "./checked_signal.ts";
import { explorePrograms } from "./explore_programs.ts";
import { FakeTimers } from "./fake_timers.ts";
import { call, reset } from "./once_steps.ts";
import { checkEndings, checkPrograms } from "./random_programs.ts";
import { onceSteps } from "./random_waits.ts";

const own = { signal: "own" } as const;
const shared = { signal: "shared" } as const;
const timed = { timeout: 10 };

const value = { value: "value" };
const error = { error: "error", isKept: false };
const keptError = { error: "kept error", isKept: true };

for (
  const [name, behaviour, maxEvents] of [
    ["succeeds", { endings: [value] }, 5],
    ["succeeds or fails", { endings: [value, error] }, 4],
    ["fails, perhaps for good", { endings: [error, keptError] }, 4],
    ["succeeds at once", { endings: [value], isSynchronous: true }, 5],
    ["fails at once", { endings: [error], isSynchronous: true }, 5],
    ["is called when abandoned", { endings: [value], callsAgain: true }, 4],
  ] as const
) {
  const title = `a function that ${name}`;
  Deno.test(`once() does as promised in every schedule with ${title}`, async () => {
    using timers = new FakeTimers();
    const scripts = [
      [call()],
      [call(own)],
      [call(shared)],
      [call(), call()],
      [call(own), call()],
      [reset()],
    ];
    const start = (signals: readonly CheckedSignal[]) =>
      new CheckedOnce(behaviour, signals, timers);
    const more = [
      [call(timed)],
      [call({ ...own, ...timed })],
      [call({ timeout: 0 })],
    ];
    await explorePrograms(start, [...scripts, ...more], 2, maxEvents);
    await explorePrograms(start, [...scripts, ...more], 3, maxEvents);
    await explorePrograms(start, scripts, 4, maxEvents);
  });
}

for (const callsAgain of [false, true]) {
  const title = `once()${callsAgain ? ", called again when abandoned," : ""}`;
  Deno.test(`${title} does as promised in random programs`, async () => {
    using timers = new FakeTimers();
    const endings = [value, error, keptError];
    await checkPrograms(
      (signals) => new CheckedOnce({ endings, callsAgain }, signals, timers),
      onceSteps(),
    );
  });
}

Deno.test("once() gives its value to all that stay, in whatever order the work ends", async () => {
  const calls = fc.array(fc.boolean(), { minLength: 1, maxLength: 10 });
  await checkEndings(
    fc.asyncProperty(fc.scheduler(), calls, async (s, calls) => {
      let runs = 0;
      const load = once(async () => {
        const run = ++runs;
        await s.schedule(Promise.resolve(), `run ${run}`);
        return run;
      });
      const outcomes = calls.map(async (isAborted, id) => {
        await s.schedule(Promise.resolve(), `call ${id}`);
        const controller = new AbortController();
        if (isAborted) {
          s.schedule(Promise.resolve(), `abort ${id}`)
            .then(() => controller.abort("aborted"));
        }
        return load({ signal: controller.signal }).catch((error) => {
          assert(isAborted);
          assertEquals(error, "aborted");
          return error;
        });
      });
      const values = (await s.waitFor(Promise.all(outcomes)))
        .filter((outcome) => outcome !== "aborted");
      await s.waitIdle();

      // Every run but the one that succeeded was abandoned by all its callers.
      assert(new Set(values).size <= 1);
      assertEquals(load.state, values.length > 0 ? "done" : "idle");
    }),
  );
});
