/**
 * Read-write locks: every schedule of every small program, and random long
 * programs, checked against the reference after each step. What is explored is
 * printed.
 *
 * @module
 */

import { RwLock } from "../../mod.ts";
import { CheckedRwLock } from "./checked_rw_lock.ts";
import type { CheckedSignal } from "./checked_signal.ts";
import { explorePrograms } from "./explore_programs.ts";
import { FakeTimers } from "./fake_timers.ts";
import { checkPrograms } from "./random_programs.ts";
import { rwLockSteps } from "./random_queues.ts";
import {
  acquire,
  cancel,
  downgrade,
  release,
  run,
  runAtOnce,
  tryAcquire,
} from "./rw_lock_steps.ts";
import { onAbort } from "./steps.ts";

const own = { signal: "own" } as const;
const shared = { signal: "shared" } as const;
const timed = { timeout: 10 };

Deno.test("RwLock does as promised in every schedule of small programs", async () => {
  using timers = new FakeTimers();
  const start = (signals: readonly CheckedSignal[]) =>
    new CheckedRwLock(new RwLock(), signals, timers);
  const scripts = [
    [acquire("read"), release()],
    [acquire("write"), release()],
    [acquire("read", own), release()],
    [acquire("write", own), release()],
    [acquire("write", timed), release()],
    [acquire("write"), downgrade(), release(1)],
    [tryAcquire("read"), release()],
    [run("read"), release()],
    [cancel()],
  ];
  const more = [
    [acquire("read", shared), release()],
    [acquire("write", shared), release()],
    [acquire("read", timed), release()],
    [acquire("read", { ...own, ...timed }), release()],
    [acquire("read", { timeout: 0 }), release()],
    [acquire("write", { timeout: 0 }), release()],
    [tryAcquire("write"), release()],
    [tryAcquire("write"), downgrade(), release(1)],
    [acquire("read"), release(), release()],
    [acquire("write"), release(), release()],
    [acquire("write"), downgrade(), release(), release(1)],
    [acquire("write"), release(), downgrade()],
    [acquire("write"), downgrade(), downgrade(), release(1)],
    [acquire("read"), downgrade(), release()],
    [runAtOnce("read")],
    [runAtOnce("write")],
    [run("write", own), release()],
    [acquire("read"), onAbort(release())],
    [acquire("write"), onAbort(release())],
    [acquire("write"), onAbort(downgrade()), release()],
    [onAbort(cancel())],
    [onAbort(acquire("read")), release()],
    [onAbort(acquire("write")), release()],
  ];
  await explorePrograms(start, [...scripts, ...more], 2, 8);
  await explorePrograms(start, [...scripts, ...more], 3, 6);
  await explorePrograms(start, scripts, 4, 7);
});

Deno.test("RwLock does as promised in random programs", async () => {
  using timers = new FakeTimers();
  await checkPrograms(
    (signals) => new CheckedRwLock(new RwLock(), signals, timers),
    rwLockSteps(),
  );
});
