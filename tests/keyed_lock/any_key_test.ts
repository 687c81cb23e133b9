/**
 * Promise: keys compare as in `Map`; any value is a key. Each key behaves as a
 * `Lock` of its own, which the conformance suite checks.
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
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

Deno.test("what happens to one key does not affect another", async () => {
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
