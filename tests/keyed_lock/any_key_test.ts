/**
 * Promise 1: keys compare as in `Map`; any value is a key. Each key behaves as
 * a `Lock` of its own.
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { KeyedLock } from "../../keyed_lock.ts";
import { settledState } from "../support/promises.ts";

const everyKind: unknown[] = [
  undefined,
  null,
  true,
  NaN,
  0,
  0.5,
  Infinity,
  1n,
  "",
  "0",
  "undefined",
  "__proto__",
  "constructor",
  Symbol("symbol"),
  Symbol.iterator,
  {},
  Object.create(null),
  [],
  () => {},
  class {},
  new Proxy({}, {}),
  Promise.resolve(),
  new AbortController().signal,
  { then: () => assert(false, "a key is never awaited") },
];

Deno.test("every kind of value is a key of its own", async () => {
  const lock = new KeyedLock<unknown>();
  for (const key of everyKind) {
    assertEquals(lock.isLocked(key), false);
    await lock.acquire(key);
    assertEquals(lock.isLocked(key), true);
    assertEquals(lock.tryAcquire(key), undefined);
  }
  const keys = [...lock.keys()];
  assertEquals(keys.length, everyKind.length);
  assert(keys.every((key, i) => key === everyKind[i] || Number.isNaN(key)));

  for (const key of everyKind) {
    const waiting = lock.acquire(key);
    assertEquals(lock.waiting(key), 1);
    lock.release(key);
    (await waiting).release();
    assertEquals(lock.isLocked(key), false);
  }
  assertEquals(lock.size, 0);
});

Deno.test("every kind of value is a key of acquireAll()", async () => {
  const lock = new KeyedLock<unknown>();
  const guard = await lock.acquireAll(everyKind);
  assertEquals(lock.size, everyKind.length);
  assert(everyKind.every((key) => lock.isLocked(key)));
  guard.release();
  assertEquals(lock.size, 0);
});

const same: [unknown, unknown][] = [[NaN, -NaN], [0, -0], [-0, 0]];

for (const [one, other] of same) {
  Deno.test(`${Object.is(one, -0) ? "-0" : one} is the same key as in a Map`, async () => {
    const lock = new KeyedLock<unknown>();
    await lock.acquire(one);
    assertEquals(lock.tryAcquire(other), undefined);
    assertEquals([...lock.keys()], [...new Map([[one, 0]]).keys()]);
    lock.release(other);
    assertEquals(lock.size, 0);

    using _ = await lock.acquireAll([one, other]);
    assertEquals(lock.size, 1);
  });
}

const different: [string, unknown, unknown][] = [
  ["a number and its string", 1, "1"],
  ["a number and its bigint", 1, 1n],
  ["undefined and null", undefined, null],
  ["false and 0", false, 0],
  ["objects that look equal", {}, {}],
  ["symbols that look equal", Symbol("a"), Symbol("a")],
];

for (const [title, one, other] of different) {
  Deno.test(`${title} are different keys, as in a Map`, () => {
    const lock = new KeyedLock<unknown>();
    using held = lock.tryAcquire(one);
    assert(held);
    assertEquals(lock.isLocked(other), false);
    using _ = lock.tryAcquireAll([other]);
    assertEquals(lock.size, 2);
  });
}

Deno.test("what happens to one key leaves another alone", async () => {
  const lock = new KeyedLock();
  const controller = new AbortController();
  using held = await lock.acquire("a");
  const waiting = lock.acquire("a");

  const guard = await lock.acquire("b");
  const aborted = lock.acquire("b", { signal: controller.signal });
  const cancelled = lock.acquire("b");
  controller.abort();
  lock.cancel("b");
  guard.release();
  await assertRejects(() => aborted, DOMException);
  await assertRejects(() => cancelled, DOMException);
  assertEquals(lock.isLocked("b"), false);

  assert(held.held);
  assertEquals(lock.waiting("a"), 1);
  assertEquals(await settledState(waiting), "pending");
  held.release();
  (await waiting).release();
});

Deno.test("acquire() takes a free key before it returns", async () => {
  const lock = new KeyedLock();
  const acquired = [lock.acquire("a"), lock.acquire("b", { timeout: 0 })];
  assertEquals([...lock.keys()], ["a", "b"]);
  for (const guard of await Promise.all(acquired)) assert(guard.held);
});

for (const way of ["release(key)", "the guard"] as const) {
  Deno.test(`${way} hands a key to its longest waiter before it returns`, async () => {
    const lock = new KeyedLock();
    const guard = await lock.acquire("a");
    const second = lock.acquire("a");
    const third = lock.acquire("a");

    if (way === "the guard") guard.release();
    else lock.release("a");
    assertEquals(guard.held, false);
    assertEquals(lock.isLocked("a"), true);
    assertEquals(lock.waiting("a"), 1);
    assertEquals(lock.tryAcquire("a"), undefined);
    const newcomer = lock.acquire("a");
    assertEquals(await settledState(third), "pending");

    (await second).release();
    assertEquals(await settledState(newcomer), "pending");
    (await third).release();
    (await newcomer).release();
  });
}

Deno.test("a waiter that leaves from the middle moves those behind it up", async () => {
  using time = new FakeTime();
  const lock = new KeyedLock();
  const controller = new AbortController();
  const guard = await lock.acquire("a");
  const first = lock.acquire("a");
  const late = lock.acquire("a", { timeout: 10 });
  const aborted = lock.acquire("a", { signal: controller.signal });
  const last = lock.acquire("a");

  controller.abort(new Error("enough"));
  assertEquals(lock.waiting("a"), 3);
  time.tick(10);
  assertEquals(lock.waiting("a"), 2);
  await assertRejects(() => aborted, Error, "enough");
  await assertRejects(() => late, DOMException);

  guard.release();
  (await first).release();
  assert((await last).held);
});

for (
  const [first, second] of [["release", "abort"], ["abort", "release"]] as const
) {
  Deno.test(`${second} after ${first} of a key in the same tick comes too late`, async () => {
    const lock = new KeyedLock();
    const controller = new AbortController();
    const causes = {
      release: () => lock.release("a"),
      abort: () => controller.abort(),
    };
    await lock.acquire("a");
    const wait = lock.acquire("a", { signal: controller.signal });
    causes[first]();
    causes[second]();
    assertEquals(lock.isLocked("a"), first === "release");
    const end = first === "release" ? "fulfilled" : "rejected";
    assertEquals(await settledState(wait), end);
  });
}
