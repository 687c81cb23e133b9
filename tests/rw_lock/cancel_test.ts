/** `cancel()` rejects everyone who waits and leaves the holders alone. */

import { assertEquals } from "@std/assert";
import { RwLock } from "../../rw_lock.ts";

Deno.test("cancel() rejects everyone on both sides, the longest waiter first", async () => {
  const lock = new RwLock();
  const guard = await lock.read.acquire();
  const order: string[] = [];
  const waits = (["write", "read", "write"] as const).map((side) =>
    lock[side].acquire().catch((reason) => {
      assertEquals(reason, "closing");
      order.push(side);
    })
  );
  lock.cancel("closing");
  assertEquals([lock.read.waiting, lock.write.waiting], [0, 0]);
  assertEquals([guard.held, lock.read.locked], [true, true]);
  await Promise.all(waits);
  assertEquals(order, ["write", "read", "write"]);
  assertEquals(lock.read.tryAcquire()?.held, true);
});

Deno.test("cancel() in an abort listener comes too late for the aborted", async () => {
  const lock = new RwLock();
  await lock.write.acquire();
  const controller = new AbortController();
  const { signal } = controller;
  signal.addEventListener("abort", () => lock.cancel("cancelled"));
  const waits = [lock.read.acquire({ signal }), lock.write.acquire()]
    .map((wait) => wait.catch((reason) => reason));
  controller.abort("gone");
  assertEquals(await Promise.all(waits), ["gone", "cancelled"]);
});
