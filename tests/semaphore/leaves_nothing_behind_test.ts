/** Whichever way a wait ends, its abort listener and its timer are gone. */

import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Semaphore } from "../../semaphore.ts";
import { countListeners } from "../support/listeners.ts";

for (
  const end of ["release", "resize", "abort", "timeout", "cancel"] as const
) {
  Deno.test(`a wait that ends by ${end} leaves neither listener nor timer`, async () => {
    using time = new FakeTime();
    const semaphore = new Semaphore(2);
    const guard = await semaphore.acquire();
    const controller = new AbortController();
    const { signal } = controller;
    const listeners = countListeners(signal);
    const wait = semaphore.acquire({ permits: 2, signal, timeout: 10 });
    assertEquals(listeners, { added: 1, removed: 0 });
    const ends = {
      release: () => guard.release(),
      resize: () => semaphore.resize(3),
      abort: () => controller.abort(),
      timeout: () => time.tick(10),
      cancel: () => semaphore.cancel(),
    };
    ends[end]();
    assertEquals(listeners, { added: 1, removed: 1 });
    assertEquals(time.next(), false);
    await Promise.allSettled([wait]);
  });
}
