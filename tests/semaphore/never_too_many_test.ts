/**
 * Promise: there are never more permits out than the semaphore has, whatever
 * aborts, times out or resizes meanwhile.
 */

import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Semaphore } from "../../semaphore.ts";
import { drainMicrotasks } from "../support/promises.ts";
import { makeRandom } from "../support/random.ts";

for (const permits of [1, 2, 7]) {
  Deno.test(`at most ${permits} of many tasks are inside, and as many if they can`, async () => {
    const semaphore = new Semaphore(permits);
    let inside = 0;
    let peak = 0;
    await Promise.all(Array.from({ length: 50 }, async () => {
      using _ = await semaphore.acquire();
      peak = Math.max(peak, ++inside);
      await drainMicrotasks();
      inside--;
    }));
    assertEquals(peak, permits);
    assertEquals(semaphore.available, permits);
  });
}

Deno.test("permits of all sizes never add up to more than there are", async () => {
  const random = makeRandom();
  const semaphore = new Semaphore(10);
  let out = 0;
  await Promise.all(Array.from({ length: 200 }, async () => {
    const permits = 1 + random(10);
    await semaphore.run(async () => {
      out += permits;
      assert(out <= 10);
      assert(semaphore.available <= 10 - out);
      for (let i = random(3); i > 0; i--) await null;
      out -= permits;
    }, { permits });
  }));
  assertEquals(semaphore.available, 10);
});

Deno.test("waits that abort, time out or are cancelled give nothing back", async () => {
  using time = new FakeTime();
  const semaphore = new Semaphore(3);
  using _ = await semaphore.acquire({ permits: 2 });
  const controller = new AbortController();
  const { signal } = controller;
  const waits = [
    semaphore.acquire({ permits: 2, signal }),
    semaphore.acquire({ permits: 2, timeout: 10 }),
    semaphore.acquire({ permits: 2 }),
  ];
  controller.abort();
  assertEquals(semaphore.available, 1);
  time.tick(10);
  assertEquals(semaphore.available, 1);
  semaphore.cancel();
  assertEquals(semaphore.available, 1);
  assertEquals(semaphore.waiting, 0);
  const results = await Promise.allSettled(waits);
  assert(results.every(({ status }) => status === "rejected"));
});

Deno.test("acquire() takes what is free before it returns", async () => {
  const semaphore = new Semaphore(5);
  for (const options of [undefined, {}, { permits: 1 }, { timeout: 10 }]) {
    const before = semaphore.available;
    const acquired = semaphore.acquire(options);
    assertEquals(semaphore.available, before - 1);
    assertEquals((await acquired).held, true);
  }
  const last = semaphore.acquire();
  const tooLate = semaphore.acquire();
  assertEquals([semaphore.available, semaphore.waiting], [0, 1]);
  (await last).release();
  assertEquals((await tooLate).held, true);
});
