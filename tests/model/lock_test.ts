/**
 * Locks and keyed locks: every schedule of every small program, and random
 * long programs, checked against the reference after each step. Then work that
 * ends in a random order. What is explored is printed.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import fc from "npm:fast-check@4.10.2";
import { KeyedLock, Lock } from "../../mod.ts";
import { CheckedLock, keyedLocks, singleLock } from "./checked_lock.ts";
import type { CheckedSignal } from "./checked_signal.ts";
import { explorePrograms } from "./explore_programs.ts";
import { FakeTimers } from "./fake_timers.ts";
import {
  acquire,
  cancel,
  free,
  release,
  run,
  runAtOnce,
  tryAcquire,
} from "./lock_steps.ts";
import { checkEndings, checkPrograms } from "./random_programs.ts";
import { lockSteps } from "./random_queues.ts";
import { onAbort } from "./steps.ts";

const own = { signal: "own" } as const;
const shared = { signal: "shared" } as const;
const timed = { timeout: 10 };

for (
  const { name, keys, create, scripts, more } of [
    {
      name: "Lock",
      keys: ["a"],
      create: () => singleLock(new Lock(), "a"),
      scripts: [
        [acquire("a"), release()],
        [acquire("a", own), release()],
        [acquire("a", timed), release()],
        [tryAcquire("a"), release()],
        [run("a"), release()],
        [free("a")],
        [cancel("a")],
      ],
      more: [
        [acquire("a", shared), release()],
        [acquire("a", { ...own, ...timed }), release()],
        [acquire("a", { timeout: 0 }), release()],
        [acquire("a"), release(), release()],
        [runAtOnce("a")],
        [run("a", own), release()],
        [onAbort(free("a"))],
        [onAbort(cancel("a"))],
        [onAbort(acquire("a")), release()],
      ],
    },
    {
      name: "KeyedLock",
      keys: ["a", "b", "c"],
      create: () => keyedLocks(new KeyedLock()),
      scripts: [
        [acquire("a"), release()],
        [acquire("b"), release()],
        [acquire("ab"), release()],
        [acquire("bc"), release()],
        [acquire("ab", own), release()],
        [acquire("abc"), release()],
        [free("a")],
        [cancel("a")],
      ],
      more: [
        [acquire("ca", own), release()],
        [acquire("ab", shared), release()],
        [acquire("ab", timed), release()],
        [acquire("bc", { timeout: 0 }), release()],
        [acquire("abc"), release(), release()],
        [acquire("ab"), free("a"), release()],
        [acquire("a"), acquire("b"), release(1), release()],
        [tryAcquire("ab"), release()],
        [run("ab"), release()],
        [runAtOnce("ab")],
        [onAbort(free("a"))],
        [onAbort(cancel("b"))],
        [onAbort(acquire("ab")), release()],
      ],
    },
  ]
) {
  Deno.test(`${name} does as promised in every schedule of small programs`, async () => {
    using timers = new FakeTimers();
    const start = (signals: readonly CheckedSignal[]) =>
      new CheckedLock(create(), keys, signals, timers);
    await explorePrograms(start, [...scripts, ...more], 2, 8);
    await explorePrograms(start, [...scripts, ...more], 3, 7);
    await explorePrograms(start, scripts, 4, 7);
  });
}

Deno.test("Lock does as promised in random programs", async () => {
  using timers = new FakeTimers();
  await checkPrograms(
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

Deno.test("runAll() serves each key in order, in whatever order the work ends", async () => {
  const keys = ["a", "b", "c"];
  const calls = fc.array(
    fc.record({
      keys: fc.subarray(keys, { minLength: 1 }),
      isAborted: fc.boolean(),
    }),
    { maxLength: 20 },
  );
  await checkEndings(
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
  );
});
