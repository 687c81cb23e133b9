/** `cancel()` rejects everyone who waits and leaves the holders alone. */

import { assertEquals } from "@std/assert";
import { Semaphore } from "../../semaphore.ts";

Deno.test("cancel() rejects every waiter, the longest first, and leaves the holders", async () => {
  const semaphore = new Semaphore(2);
  const guard = await semaphore.acquire();
  const order: number[] = [];
  const waits = [2, 1, 2].map((permits, id) =>
    semaphore.acquire({ permits }).catch((reason) => {
      assertEquals(reason, "closing");
      order.push(id);
    })
  );
  semaphore.cancel("closing");
  assertEquals(semaphore.waiting, 0);
  assertEquals([guard.held, semaphore.available], [true, 1]);
  await Promise.all(waits);
  assertEquals(order, [0, 1, 2]);
  assertEquals(semaphore.tryAcquire()?.held, true);
});

Deno.test("cancel() in an abort listener comes too late for the aborted", async () => {
  const semaphore = new Semaphore(1);
  await semaphore.acquire();
  const controller = new AbortController();
  const { signal } = controller;
  signal.addEventListener("abort", () => semaphore.cancel("cancelled"));
  const waits = [semaphore.acquire({ signal }), semaphore.acquire()]
    .map((wait) => wait.catch((reason) => reason));
  controller.abort("gone");
  assertEquals(await Promise.all(waits), ["gone", "cancelled"]);
});
