/** A timeout or a signal limits only the wait, and 0 ms are no time to wait. */

import { assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Semaphore } from "../../semaphore.ts";

Deno.test("timeout 0 takes free permits and otherwise rejects at once", async () => {
  using time = new FakeTime(); // stands still
  const semaphore = new Semaphore(3);
  const options = { permits: 2, timeout: 0 };
  assertEquals((await semaphore.acquire(options)).held, true);
  const refused = semaphore.acquire(options);
  assertEquals(semaphore.waiting, 0);
  const error = await assertRejects(() => refused, DOMException);
  assertEquals(error.name, "TimeoutError");
  assertEquals(time.next(), false);
});

Deno.test("neither abort nor timeout ends a hold", async () => {
  using time = new FakeTime();
  const semaphore = new Semaphore(2);
  const controller = new AbortController();
  const before = await semaphore.acquire({ permits: 2 });
  const wait = semaphore.acquire({
    permits: 2,
    signal: controller.signal,
    timeout: 10,
  });
  before.release();
  const guard = await wait;
  controller.abort();
  time.tick(100);
  assertEquals([guard.held, semaphore.available], [true, 0]);
});
