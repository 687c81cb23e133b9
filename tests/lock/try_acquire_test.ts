/** Promise: `tryAcquire()` never waits. */

import { assertEquals } from "@std/assert";
import { Lock } from "../../lock.ts";

Deno.test("tryAcquire() takes a free lock", () => {
  const lock = new Lock();
  {
    using guard = lock.tryAcquire();
    assertEquals(guard?.held, true);
    assertEquals(lock.locked, true);
  }
  assertEquals(lock.locked, false);
});

Deno.test("tryAcquire() of a held lock gives undefined and does not wait", async () => {
  const lock = new Lock();
  const guard = await lock.acquire();
  assertEquals(lock.tryAcquire(), undefined);
  assertEquals(lock.waiting, 0);
  assertEquals(guard.held, true);
});
