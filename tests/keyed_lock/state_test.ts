/** State of a keyed lock: `size`, `keys()`, `isLocked()` and `waiting()`. */

import { assertEquals } from "@std/assert";
import { KeyedLock } from "../../keyed_lock.ts";

Deno.test("size, isLocked(), waiting() and keys() of a new lock say that nothing is held", () => {
  const lock = new KeyedLock();
  assertEquals(lock.size, 0);
  assertEquals(lock.isLocked("a"), false);
  assertEquals(lock.waiting("a"), 0);
  assertEquals([...lock.keys()], []);
});

Deno.test("size counts the keys that are held, not the waiters", async () => {
  const lock = new KeyedLock();
  const guard = await lock.acquireAll(["a", "b"]);
  const waiting = [lock.acquire("a"), lock.acquire("a")];
  assertEquals(lock.size, 2);
  await lock.acquire("c");
  assertEquals(lock.size, 3);
  guard.release();
  assertEquals(lock.size, 2);
  for (const wait of waiting) (await wait).release();
  assertEquals(lock.size, 1);
});

Deno.test("keys() is a snapshot that later changes do not affect", async () => {
  const lock = new KeyedLock<number>();
  const guards = Array.from({ length: 40 }, (_, key) => lock.tryAcquire(key));
  const keys = lock.keys();
  guards[0]?.release();
  assertEquals(keys.next().value, 0);
  for (const key of keys) {
    lock.release(key);
    await lock.acquire(key + 100);
  }
  assertEquals([...keys], []);
  assertEquals([...lock.keys()], Array.from({ length: 39 }, (_, i) => i + 101));
});

Deno.test("10 000 keys are held at a time, and each is freed", () => {
  const lock = new KeyedLock<number>();
  const KEYS = 10_000;
  const guards = Array.from({ length: KEYS }, (_, key) => lock.tryAcquire(key));
  assertEquals(lock.size, KEYS);
  guards.forEach((guard, key) => {
    assertEquals(lock.isLocked(key), true);
    guard?.release();
    assertEquals(lock.isLocked(key), false);
  });
  assertEquals(lock.size, 0);
});
