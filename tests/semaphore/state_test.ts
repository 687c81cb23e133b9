/** State of a semaphore: `name`, `permits`, `available`, `waiting`. */

import { assertEquals } from "@std/assert";
import { Semaphore } from "../../semaphore.ts";

Deno.test("new Semaphore(5) is free and has no name", () => {
  const semaphore = new Semaphore(5);
  assertEquals(semaphore.name, undefined);
  assertEquals(semaphore.permits, 5);
  assertEquals(semaphore.available, 5);
  assertEquals(semaphore.waiting, 0);
});

for (const name of ["db", ""]) {
  Deno.test(`new Semaphore(5, { name: "${name}" }) has that name`, () => {
    assertEquals(new Semaphore(5, { name }).name, name);
  });
}

Deno.test("waiting counts calls and not permits", async () => {
  const semaphore = new Semaphore(3);
  const guard = await semaphore.acquire({ permits: 3 });
  const controller = new AbortController();
  const waits = [
    semaphore.acquire({ permits: 3 }),
    semaphore.acquire({ permits: 2, signal: controller.signal }),
    semaphore.run(() => {}),
  ];
  assertEquals(semaphore.waiting, 3);
  controller.abort();
  assertEquals(semaphore.waiting, 2);
  guard.release();
  assertEquals(semaphore.waiting, 1);
  semaphore.cancel();
  assertEquals(semaphore.waiting, 0);
  await Promise.allSettled<unknown>(waits);
});
