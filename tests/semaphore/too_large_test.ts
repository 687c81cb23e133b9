/**
 * Promise: a request for more permits than there are in all is refused at
 * once. One that a later `resize` made too large waits until there are enough
 * again, and so do those behind it.
 */

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Semaphore } from "../../semaphore.ts";
import { countListeners } from "../support/listeners.ts";
import { settledState } from "../support/promises.ts";

const message = 'Cannot acquire 6 permits of semaphore "db": it has only 5';

for (const state of ["free", "taken", "waited for"]) {
  Deno.test(`a request that is too large is refused if the permits are ${state}`, async () => {
    const semaphore = new Semaphore(5, { name: "db" });
    if (state !== "free") await semaphore.acquire({ permits: 5 });
    if (state === "waited for") semaphore.acquire();
    const before = Deno.inspect(semaphore);
    const { signal } = new AbortController();
    const listeners = countListeners(signal);

    const options = { permits: 6, signal, timeout: 10 };
    let called = false;
    await assertRejects(() => semaphore.acquire(options), RangeError, message);
    const run = () => semaphore.run(() => called = true, options);
    await assertRejects(run, RangeError, message);
    assertThrows(() => semaphore.tryAcquire(6), RangeError, message);
    assertEquals(called, false);
    assertEquals(Deno.inspect(semaphore), before);
    assertEquals(listeners.added, 0);
  });
}

Deno.test("a request that is too large is refused also with an aborted signal", async () => {
  const semaphore = new Semaphore(5, { name: "db" });
  const options = { permits: 6, signal: AbortSignal.abort("gone") };
  await assertRejects(() => semaphore.acquire(options), RangeError, message);
});

Deno.test("a request for all permits is not too large", async () => {
  const semaphore = new Semaphore(5);
  (await semaphore.acquire({ permits: 5 })).release();
  semaphore.tryAcquire(5)!.release();
  assertEquals(await semaphore.run(() => "done", { permits: 5 }), "done");
});

Deno.test("a request is measured by the permits that there are now", () => {
  const semaphore = new Semaphore(5, { name: "db" });
  semaphore.resize(6);
  semaphore.tryAcquire(6)!.release();
  semaphore.resize(5);
  assertThrows(() => semaphore.tryAcquire(6), RangeError, message);
});

Deno.test("a request that resize() made too large waits, and so do those behind it", async () => {
  const semaphore = new Semaphore(3);
  const guard = await semaphore.acquire({ permits: 3 });
  const large = semaphore.acquire({ permits: 3 });
  const small = semaphore.acquire();
  semaphore.resize(2);
  guard.release();
  assertEquals([semaphore.available, semaphore.waiting], [2, 2]);
  assertEquals(await settledState(large), "pending");
  assertEquals(await settledState(small), "pending");
  assertEquals(semaphore.tryAcquire(), undefined);

  semaphore.resize(3);
  assertEquals([semaphore.available, semaphore.waiting], [0, 1]);
  (await large).release();
  assertEquals((await small).held, true);
});

Deno.test("a request that resize() made too large may give up", async () => {
  const semaphore = new Semaphore(3);
  const guard = await semaphore.acquire({ permits: 3 });
  const controller = new AbortController();
  const { signal } = controller;
  const large = semaphore.acquire({ permits: 3, signal });
  const small = semaphore.acquire();
  semaphore.resize(2);
  guard.release();
  controller.abort("gone");
  assertEquals([semaphore.available, semaphore.waiting], [1, 0]);
  assertEquals(await large.catch((reason) => reason), "gone");
  assertEquals((await small).held, true);
});
