/**
 * Promise: a key exists only while it is held or waited for; afterwards
 * nothing of it remains, and an object used as a key can be collected. A key
 * with a waiter is never forgotten. A stale guard never frees the key's next
 * holder.
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { KeyedLock, type LockGuard } from "../../keyed_lock.ts";
import { isCollected } from "../support/gc.ts";

function assertForgotten(lock: KeyedLock): void {
  assertEquals(lock.size, 0);
  assertEquals([...lock.keys()], []);
  for (const key of ["a", "b"]) {
    assertEquals(lock.isLocked(key), false);
    assertEquals(lock.waiting(key), 0);
  }
}

/** The ways to hold `"a"`, and maybe `"b"`, and to release it. */
const everyHold: [string, (lock: KeyedLock) => Promise<void>][] = [
  ["acquire() and the guard", async (lock) => {
    const guard = await lock.acquire("a");
    guard.release();
  }],
  ["acquire() and release()", async (lock) => {
    await lock.acquire("a");
    lock.release("a");
  }],
  ["run()", (lock) => lock.run("a", () => {})],
  ["acquireAll() and the guard", async (lock) => {
    const guard = await lock.acquireAll(["a", "b"]);
    guard.release();
  }],
  ["acquireAll() and release() of each", async (lock) => {
    await lock.acquireAll(["a", "b"]);
    lock.release("a");
    lock.release("b");
  }],
  ["runAll()", (lock) => lock.runAll(["a", "b"], () => {})],
];

for (const [title, holdAndLetGo] of everyHold) {
  Deno.test(`nothing of a key remains after ${title}`, async () => {
    const lock = new KeyedLock();
    await holdAndLetGo(lock);
    assertForgotten(lock);
  });

  Deno.test(`nothing of a key remains after ${title} by a caller that had to wait`, async () => {
    const lock = new KeyedLock();
    const guard = lock.tryAcquireAll(["a", "b"]);
    const done = holdAndLetGo(lock);
    guard?.release();
    assertEquals(lock.isLocked("a"), true);
    await done;
    assertForgotten(lock);
  });
}

Deno.test("nothing of a key remains after tryAcquire() and its guard's release()", () => {
  const lock = new KeyedLock();
  lock.tryAcquire("a")?.release();
  assertForgotten(lock);
});

Deno.test("nothing of a key remains if its last waiter's signal is aborted while it is freed", async () => {
  const lock = new KeyedLock();
  const controller = new AbortController();
  const { signal } = controller;
  const guard = await lock.acquire("a");
  signal.addEventListener("abort", () => guard.release()); // runs before ours
  const waiting = lock.acquire("a", { signal });
  controller.abort(new Error("enough"));
  assertForgotten(lock);
  await assertRejects(() => waiting, Error, "enough");
});

Deno.test("nothing of a key remains when the only call for several keys that had it gives up", async () => {
  using time = new FakeTime();
  const lock = new KeyedLock();
  await lock.acquire("b");
  const waiting = lock.acquireAll(["a", "b"], { timeout: 10 });
  assertEquals(lock.size, 2);
  time.tick(10);
  assertEquals([...lock.keys()], ["b"]);
  lock.release("b");
  assertForgotten(lock);
  await assertRejects(() => waiting, DOMException);
});

/** What a program may keep long after it has used a key. */
const everyRemnant: [
  string,
  (lock: KeyedLock<object>, key: object) => unknown,
][] = [
  ["nothing", (lock, key) => lock.run(key, () => {})],
  ["a guard", async (lock, key) => {
    const guard = await lock.acquire(key);
    guard.release();
    return { guard };
  }],
  ["a guard of a hold that release() ended", async (lock, key) => {
    const guard = await lock.acquire(key);
    lock.release(key);
    return { guard };
  }],
  ["a guard that was waited for", async (lock, key) => {
    const first = await lock.acquire(key);
    const second = lock.acquire(key, { timeout: 60_000 });
    first.release();
    const guard = await second;
    guard.release();
    return { first, second, guard };
  }],
  ["a guard of several keys", async (lock, key) => {
    const guard = await lock.acquireAll([key, {}]);
    guard.release();
    return { guard };
  }],
  ["a guard of several keys that release() ended", async (lock, key) => {
    const guard = await lock.acquireAll([key]);
    lock.release(key);
    return { guard };
  }],
  ["a guard of several keys that was waited for", async (lock, key) => {
    const first = await lock.acquireAll([key, {}]);
    const second = lock.acquireAll([{}, key]);
    first.release();
    const guard = await second;
    guard.release();
    return { first, second, guard };
  }],
  ["a signal and a rejected wait", async (lock, key) => {
    const controller = new AbortController();
    const { signal } = controller;
    const guard = await lock.acquire(key);
    const wait = lock.acquire(key, { signal });
    const waitForAll = lock.acquireAll([key, {}], { signal });
    controller.abort();
    await Promise.allSettled([wait, waitForAll]);
    guard.release();
    return { signal, wait, waitForAll };
  }],
  ["a signal that was not aborted", async (lock, key) => {
    const { signal } = new AbortController();
    const first = await lock.acquire(key, { signal });
    const second = lock.acquire(key, { signal });
    const third = lock.acquireAll([key], { signal });
    first.release();
    (await second).release();
    (await third).release();
    return { signal };
  }],
];

for (const [title, use] of everyRemnant) {
  Deno.test(`an object that was a key is collected even if the program keeps ${title}`, async () => {
    const lock = new KeyedLock<object>();
    const kept: unknown[] = [];
    const key = await (async () => {
      const key = {};
      kept.push(await use(lock, key));
      return new WeakRef(key);
    })();
    assert(await isCollected(key));
    assertEquals(kept.length, 1);
    assertEquals(lock.size, 0);
  });
}

Deno.test("a key with a waiter is never forgotten", async () => {
  const lock = new KeyedLock();
  const guards: LockGuard[] = [await lock.acquire("a")];
  for (let i = 0; i < 4; i++) {
    const waiting = lock.acquire("a");
    if (i % 2 === 0) guards[i]?.release();
    else lock.release("a");
    guards[i]?.release(); // stale by now
    assertEquals([...lock.keys()], ["a"]);
    assertEquals(lock.tryAcquire("a"), undefined);
    guards.push(await waiting);
    assert(guards.at(-1)?.held);
  }
  lock.release("a");
  assertForgotten(lock);
});

Deno.test("a key is not forgotten when some of its waiters leave", async () => {
  const lock = new KeyedLock();
  const controller = new AbortController();
  const { signal } = controller;
  const guard = await lock.acquire("a");
  const aborted = lock.acquireAll(["a", "b"], { signal });
  const waiting = lock.acquire("a");
  signal.addEventListener("abort", () => guard.release());
  controller.abort();
  assertEquals([...lock.keys()], ["a"]);
  assert((await waiting).held);
  await assertRejects(() => aborted, DOMException);
});

/** How a guard of `"a"`, and maybe of `"b"`, becomes stale. */
const everyStaleGuard: [string, (lock: KeyedLock) => Promise<LockGuard>][] = [
  ["released", async (lock) => {
    const guard = await lock.acquire("a");
    guard.release();
    return guard;
  }],
  ["ended by release(key)", async (lock) => {
    const guard = await lock.acquire("a");
    lock.release("a");
    return guard;
  }],
  ["of several keys, released", async (lock) => {
    const guard = await lock.acquireAll(["a", "b"]);
    guard.release();
    return guard;
  }],
  ["of several keys, ended by release(key)", async (lock) => {
    const guard = await lock.acquireAll(["a", "b"]);
    lock.release("a");
    lock.release("b");
    return guard;
  }],
];

for (const [title, becomeStale] of everyStaleGuard) {
  Deno.test(`a guard that is ${title} never frees the next holder of a forgotten key`, async () => {
    const lock = new KeyedLock();
    const stale = await becomeStale(lock);
    assertForgotten(lock);

    using next = await lock.acquireAll(["b", "a"]);
    stale.release();
    stale[Symbol.dispose]();
    assert(next.held);
    assertEquals(stale.held, false);
    assertEquals(lock.size, 2);
  });

  Deno.test(`a guard that is ${title} never frees a holder who has waited`, async () => {
    const lock = new KeyedLock();
    const stale = becomeStale(lock);
    const next = [lock.acquire("a"), lock.acquireAll(["a", "b"])];
    for (const waiting of next) {
      const guard = await waiting;
      (await stale).release();
      assert(guard.held);
      assertEquals((await stale).held, false);
      guard.release();
    }
  });
}

Deno.test("after release() of one of its keys, a guard of several keys frees only the others", async () => {
  const lock = new KeyedLock();
  const guard = await lock.acquireAll(["a", "b", "c"]);
  lock.release("b");
  assertEquals(guard.held, false);
  assertEquals([...lock.keys()], ["a", "c"]);

  using next = await lock.acquire("b");
  const waiting = lock.acquire("c");
  guard.release();
  assert(next.held);
  assertEquals([...lock.keys()].sort(), ["b", "c"]);
  (await waiting).release();
});
