/** Releases by hand while a call waits for several keys. */

import { assertEquals, assertThrows } from "@std/assert";
import { KeyedLock } from "../../keyed_lock.ts";
import { drainMicrotasks } from "../support/promises.ts";

const MESSAGE = "the waiter that the last release() let in has not started";

for (const timeout of [Infinity, 60_000]) {
  Deno.test(`release() of the last key that a call with a timeout of ${timeout} ms waits for lets it into all of them`, async () => {
    const lock = new KeyedLock();
    for (const key of ["a", "b"]) lock.tryAcquire(key);
    const inside: string[] = [];
    lock.acquireAll(["a", "b", "c"], { timeout }).then(() =>
      inside.push("all")
    );
    for (const key of ["a", "b", "c"]) {
      lock.acquire(key).then(() => inside.push(key));
    }
    lock.release("a");
    lock.release("b");
    for (const key of ["a", "b", "c"]) {
      assertThrows(() => lock.release(key), Error, `key "${key}": ${MESSAGE}`);
    }
    while (inside.length === 0) await undefined;
    assertEquals(inside, ["all"]);
    for (const key of ["c", "a", "b"]) lock.release(key);
    await drainMicrotasks();
    assertEquals(inside, ["all", "c", "a", "b"]);
  });
}

Deno.test("release() of a key is refused if a call for several keys got it in this tick, even through a guard", async () => {
  const lock = new KeyedLock();
  lock.tryAcquire("a");
  const guard = lock.tryAcquire("b")!;
  const inside: string[] = [];
  lock.acquireAll(["a", "b"]).then(() => inside.push("both"));
  lock.acquire("a").then(() => inside.push("a"));
  lock.release("a");
  guard.release();
  assertThrows(() => lock.release("a"), Error, MESSAGE);
  await drainMicrotasks();
  assertEquals(inside, ["both"]);
});

Deno.test("release() of a key that is only reserved says that nobody holds it", () => {
  const lock = new KeyedLock();
  for (const key of ["a", "b"]) lock.tryAcquire(key);
  lock.acquireAll(["a", "b"]);
  lock.release("a");
  assertThrows(() => lock.release("a"), Error, 'key "a": it is not held');
});

Deno.test("release() by hand of one of a guard's keys leaves the others to the guard", async () => {
  const lock = new KeyedLock();
  const guard = await lock.acquireAll(["a", "b"]);
  const next = lock.acquire("a");
  lock.release("a");
  assertEquals(guard.held, false);
  guard.release();
  assertEquals([...lock.keys()], ["a"]);
  (await next).release();
  assertEquals(lock.size, 0);
});

Deno.test("a waiter that gets a key as a call in front of it gives up may release by hand as its first act", async () => {
  const lock = new KeyedLock();
  for (const key of ["a", "b"]) lock.tryAcquire(key);
  const controller = new AbortController();
  const { signal } = controller;
  const both = lock.acquireAll(["a", "b"], { signal, timeout: 60_000 });
  const next = lock.acquire("a").then(() => lock.release("a"));
  lock.release("a");
  controller.abort("gone");
  await next;
  assertEquals(await both.catch((reason) => reason), "gone");
  assertEquals([...lock.keys()], ["b"]);
});

Deno.test("two releases by hand that let one call in are as good as one", async () => {
  const lock = new KeyedLock();
  for (const key of ["a", "b"]) lock.tryAcquire(key);
  const inside: string[] = [];
  lock.acquireAll(["a", "b"], { timeout: 60_000 })
    .then(() => inside.push("both"));
  lock.acquire("a").then(() => inside.push("a"));
  lock.release("a");
  lock.release("b");
  while (inside.length === 0) {
    for (const key of ["a", "b"]) {
      assertThrows(() => lock.release(key), Error, MESSAGE);
    }
    await undefined;
  }
  lock.release("a");
  await drainMicrotasks();
  assertEquals(inside, ["both", "a"]);
});
