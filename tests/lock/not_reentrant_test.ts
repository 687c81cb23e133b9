/** Promise: a task that acquires a lock it holds waits for itself. */

import { assertEquals, assertRejects } from "@std/assert";
import { Lock } from "../../lock.ts";
import { settledState } from "../support/promises.ts";

Deno.test("acquire() inside the holder's block waits for the holder", async () => {
  const lock = new Lock();
  let inner;
  {
    using _ = await lock.acquire();
    inner = lock.acquire();
    assertEquals(await settledState(inner), "pending");
  }
  assertEquals((await inner).held, true);
});

Deno.test("run() inside run() of one lock waits until it is cancelled", async () => {
  const lock = new Lock();
  const outer = lock.run(() => lock.run(() => "inside"));
  assertEquals(await settledState(outer), "pending");
  assertEquals(lock.waiting, 1);

  lock.cancel(new Error("Deadlock"));
  await assertRejects(() => outer, Error, "Deadlock");
  assertEquals(lock.locked, false);
});

Deno.test("tryAcquire() refuses the holder", async () => {
  const lock = new Lock();
  await lock.run(() => assertEquals(lock.tryAcquire(), undefined));
});
