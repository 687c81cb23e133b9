/**
 * Every schedule of every small program, checked against the reference after
 * each step. The tests print what they have explored.
 *
 * @module
 */

import { KeyedLock, Lock } from "../../mod.ts";
import { CheckedLock, keyedLocks, singleLock } from "./checked_lock.ts";
import { CheckedOnce } from "./checked_once.ts";
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
import { call, reset } from "./once_steps.ts";
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
    await explorePrograms(name, start, [...scripts, ...more], 2, 8);
    await explorePrograms(name, start, [...scripts, ...more], 3, 7);
    await explorePrograms(name, start, scripts, 4, 7);
  });
}

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
    const name = `once() with ${title}`;
    await explorePrograms(name, start, [...scripts, ...more], 2, maxEvents);
    await explorePrograms(name, start, [...scripts, ...more], 3, maxEvents);
    await explorePrograms(name, start, scripts, 4, maxEvents);
  });
}
