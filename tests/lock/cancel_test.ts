/** Promise: `cancel()` rejects everyone who waits and does not affect the holder. */

import { assertEquals, assertRejects } from "@std/assert";
import { Lock } from "../../lock.ts";

Deno.test("cancel() rejects every waiter, the longest first, and leaves the holder", async () => {
  const lock = new Lock();
  const order: number[] = [];
  const guard = await lock.acquire();
  const { signal } = new AbortController();
  const waits = [undefined, { signal }, undefined].map((options, i) =>
    lock.acquire(options).catch(() => order.push(i))
  );
  lock.cancel();
  assertEquals(lock.waiting, 0);
  assertEquals(guard.held, true);
  await Promise.all(waits);
  assertEquals(order, [0, 1, 2]);
});

Deno.test("cancel() may be called by the holder from inside run()", async () => {
  const lock = new Lock();
  const outcome = await lock.run(async () => {
    const wait = lock.acquire();
    lock.cancel("closing");
    return await wait.catch((reason) => reason);
  });
  assertEquals(outcome, "closing");
});

Deno.test("cancel() called by a waiter that was cancelled rejects those who came since", async () => {
  const lock = new Lock();
  lock.tryAcquire();
  const first = lock.acquire().catch(() => {
    const second = lock.acquire();
    lock.cancel(new Error("Once more"));
    return second;
  });
  lock.cancel();
  await assertRejects(() => first, Error, "Once more");
  assertEquals(lock.waiting, 0);
});
