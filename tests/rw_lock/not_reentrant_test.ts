/** A task that reads and reads again may wait for itself. */

import { assertEquals, assertRejects } from "@std/assert";
import { RwLock } from "../../rw_lock.ts";
import { settledState } from "../support/promises.ts";

Deno.test("it is not re-entrant, also for readers if a writer waits", async () => {
  const lock = new RwLock();
  const outer = lock.read.run(() => {
    const writer = lock.write.run(() => "written");
    const inner = lock.read.run(() => "read");
    return Promise.all([writer, inner]);
  });
  assertEquals(await settledState(outer), "pending");
  assertEquals([lock.read.waiting, lock.write.waiting], [1, 1]);
  lock.cancel(new Error("Deadlock"));
  await assertRejects(() => outer, Error, "Deadlock");
});
