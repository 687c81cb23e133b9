/**
 * Random programs against the reference, and work that ends in a random order.
 * A failure prints its seed, and the shortest program that fails in that way.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import fc from "npm:fast-check@4.10.2";
import { KeyedLock, Lock, once } from "../../mod.ts";
import { CheckedLock, keyedLocks, singleLock } from "./checked_lock.ts";
import { CheckedOnce } from "./checked_once.ts";
import { FakeTimers } from "./fake_timers.ts";
import { checkPrograms } from "./random_programs.ts";
import { lockSteps } from "./random_queues.ts";
import { onceSteps } from "./random_waits.ts";

Deno.test("Lock does as promised in random programs", async () => {
  using timers = new FakeTimers();
  await checkPrograms(
    "Lock",
    (signals) =>
      new CheckedLock(singleLock(new Lock(), "a"), ["a"], signals, timers),
    lockSteps(["a"]),
  );
});

// With many keys, some stay locked for long while others come and go.
for (const keys of ["abcde", "abcdefghijklmnopqrstuvwxyz"]) {
  const title = `KeyedLock with ${keys.length} keys`;
  Deno.test(`${title} does as promised in random programs`, async () => {
    using timers = new FakeTimers();
    await checkPrograms(
      title,
      (signals) =>
        new CheckedLock(
          keyedLocks(new KeyedLock()),
          [...keys],
          signals,
          timers,
        ),
      lockSteps([...keys]),
    );
  });
}

for (const callsAgain of [false, true]) {
  const title = `once()${callsAgain ? ", called again when abandoned," : ""}`;
  Deno.test(`${title} does as promised in random programs`, async () => {
    using timers = new FakeTimers();
    const endings = [
      { value: "value" },
      { error: "error", isKept: false },
      { error: "kept error", isKept: true },
    ];
    await checkPrograms(
      "once()",
      (signals) => new CheckedOnce({ endings, callsAgain }, signals, timers),
      onceSteps(),
    );
  });
}

Deno.test("runAll() serves each key in order, in whatever order the work ends", async () => {
  const keys = ["a", "b", "c"];
  const calls = fc.array(
    fc.record({
      keys: fc.subarray(keys, { minLength: 1 }),
      isAborted: fc.boolean(),
    }),
    { maxLength: 20 },
  );
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), calls, async (s, calls) => {
      const lock = new KeyedLock();
      const entered: number[] = [];
      const inside = new Set<string>();
      const runs = calls.map(({ keys, isAborted }, id) => {
        const controller = new AbortController();
        if (isAborted) {
          s.schedule(Promise.resolve(), `abort ${id}`)
            .then(() => controller.abort("aborted"));
        }
        const { signal } = controller;
        return lock.runAll(keys, async () => {
          entered.push(id);
          for (const key of keys) {
            assert(!inside.has(key));
            inside.add(key);
          }
          await s.schedule(Promise.resolve(), `work of ${id}`);
          for (const key of keys) inside.delete(key);
        }, { signal }).catch((error) => assertEquals(error, "aborted"));
      });
      await s.waitFor(Promise.all(runs));

      for (const key of keys) {
        const served = entered.filter((id) => calls[id]!.keys.includes(key));
        assertEquals(served, served.toSorted((a, b) => a - b));
      }
      const aborted = calls.filter(({ isAborted }) => isAborted).length;
      assert(entered.length >= calls.length - aborted);
      assertEquals(lock.size, 0);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("once() gives its value to all that stay, in whatever order the work ends", async () => {
  const calls = fc.array(fc.boolean(), { minLength: 1, maxLength: 10 });
  await fc.assert(
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
    { numRuns: 1000 },
  );
});
