/** `cancel(key)` rejects everyone who waits for the key, and not its holder. */

import { assert, assertEquals } from "@std/assert";
import { KeyedLock } from "../../keyed_lock.ts";

Deno.test("cancel() rejects all who wait for a key, the longest first, and leaves the holder", async () => {
  const lock = new KeyedLock();
  const guard = await lock.acquireAll(["a", "b"]);
  const order: string[] = [];
  const note = (name: string) => () => order.push(name);
  const waits = [
    lock.acquire("a").catch(note("acquire")),
    lock.acquireAll(["b", "a"]).catch(note("acquireAll")),
    lock.acquireAll(["a", "c"], { signal: new AbortController().signal })
      .catch(note("with a signal")),
  ];
  const other = lock.acquire("b");
  lock.cancel("a");
  assertEquals([lock.waiting("a"), lock.waiting("b")], [0, 1]);
  assertEquals(lock.isLocked("c"), false);
  await Promise.all(waits);
  assertEquals(order, ["acquire", "acquireAll", "with a signal"]);

  assert(guard.held);
  guard.release();
  assert((await other).held);
});

Deno.test("cancel() of a key that nobody waits for does nothing", async () => {
  const lock = new KeyedLock();
  lock.cancel("a");
  assertEquals(lock.size, 0);
  using guard = await lock.acquire("a");
  lock.cancel("a");
  assert(guard.held);
});
