/** `tryAcquireAll()` takes all keys or none, and never waits. */

import { assertEquals } from "@std/assert";
import { KeyedLock } from "../../keyed_lock.ts";

Deno.test("tryAcquireAll() takes all keys or none and does not wait", () => {
  const lock = new KeyedLock();
  const guard = lock.tryAcquireAll(new Set(["a", "b"]));
  assertEquals([...lock.keys()], ["a", "b"]);
  for (const keys of [["a", "c"], ["c", "b"], ["b"]]) {
    assertEquals(lock.tryAcquireAll(keys), undefined);
    assertEquals(lock.size, 2);
  }
  assertEquals(lock.waiting("a"), 0);
  guard?.release();
  assertEquals(lock.size, 0);
});
