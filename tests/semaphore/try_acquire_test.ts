/** `tryAcquire()` never waits. */

import { assertEquals } from "@std/assert";
import { Semaphore } from "../../semaphore.ts";

Deno.test("tryAcquire() takes what is free and does not wait", () => {
  const semaphore = new Semaphore(3);
  {
    using guard = semaphore.tryAcquire(2);
    assertEquals(guard?.held, true);
    assertEquals(semaphore.tryAcquire(2), undefined);
    assertEquals([semaphore.available, semaphore.waiting], [1, 0]);
    using other = semaphore.tryAcquire();
    assertEquals(other?.held, true);
  }
  assertEquals(semaphore.available, 3);
});
