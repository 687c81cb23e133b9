/**
 * User code that runs in the middle of a call: abort listeners, and signals that
 * are not the platform's own.
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { KeyedLock } from "../../keyed_lock.ts";
import { brokenSignal } from "../support/signals.ts";

Deno.test("a signal that refuses a listener leaves no wait behind", async () => {
  const signal = brokenSignal("addEventListener");
  const lock = new KeyedLock();
  const guard = await lock.acquire("a");
  for (
    const wait of [
      () => lock.acquire("a", { signal }),
      () => lock.acquireAll(["a", "b"], { signal }),
    ]
  ) {
    await assertRejects(wait, Error, "Broken");
    assertEquals(lock.waiting("a"), 0);
    assertEquals(lock.size, 1);
  }
  guard.release();
  assertEquals(lock.size, 0);
});

Deno.test("a signal that keeps its listener does not stop other keys", async () => {
  const signal = brokenSignal("removeEventListener");
  const lock = new KeyedLock();
  const guard = await lock.acquire("a");
  const next = lock.acquire("a", { signal });
  guard.release(); // does not throw
  (await next).release();

  const other = await lock.acquire("b");
  const waiting = lock.acquire("b");
  other.release();
  assert((await waiting).held);
});

Deno.test("cancel() rejects all who wait, even those whose turn would come as others leave", async () => {
  const lock = new KeyedLock();
  await lock.acquire("a");
  const controller = new AbortController();
  const { signal } = controller;
  // It was added before the lock's own listener, so it is called first.
  signal.addEventListener("abort", () => lock.cancel("d", "cancelled"));
  const waits = [
    lock.acquireAll(["a", "b", "d"], { signal }),
    lock.acquireAll(["b", "a"], { signal }),
    lock.acquireAll(["d", "b"]),
  ].map((wait) => wait.catch((reason) => reason));
  controller.abort("gone");
  assertEquals(await Promise.all(waits), ["gone", "gone", "cancelled"]);
  assertEquals([...lock.keys()], ["a"]);
});

/** Makes a signal that calls `fn` when the first wait with it has ended. */
function whenEnded(fn: () => void): AbortController {
  const controller = new AbortController();
  Object.assign(controller.signal, { removeEventListener: fn });
  return controller;
}

Deno.test("if two cancel() reject one call for several keys, its key is handed on once", async () => {
  const lock = new KeyedLock();
  await lock.acquireAll(["a", "b"]);
  const { signal } = whenEnded(() => lock.cancel("b", "second"));
  const waits = [
    lock.acquire("a", { signal }),
    lock.acquireAll(["a", "b", "c"]),
  ].map((wait) => wait.catch((reason) => reason));
  const next = lock.acquire("c");
  const last = lock.acquire("c");
  lock.cancel("a", "first");
  assertEquals(await Promise.all(waits), ["first", "second"]);
  assertEquals(lock.waiting("c"), 1);
  (await next).release();
  (await last).release();
  assertEquals([...lock.keys()], ["a", "b"]);
});

Deno.test("a key that is freed while a call for several keys gives up goes to the next waiter", async () => {
  const lock = new KeyedLock();
  const guard = await lock.acquire("a");
  const controller = whenEnded(() => guard.release());
  const { signal } = controller;
  const wait = lock.acquireAll(["a"], { signal }).catch((reason) => reason);
  const next = lock.acquire("a");
  controller.abort("gone");
  assertEquals(await wait, "gone");
  (await next).release();
  assertEquals(lock.size, 0);
});

Deno.test("a key can be cancelled while a call for several keys gives up", async () => {
  const lock = new KeyedLock();
  await lock.acquire("a");
  const controller = whenEnded(() => lock.cancel("a", "cancelled"));
  const { signal } = controller;
  const waits = [lock.acquireAll(["a"], { signal }), lock.acquire("a")]
    .map((wait) => wait.catch((reason) => reason));
  controller.abort("gone");
  assertEquals(await Promise.all(waits), ["gone", "cancelled"]);
  assertEquals(lock.waiting("a"), 0);
});
