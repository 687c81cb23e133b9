/** State of a lock: `name`, `locked` and `waiting`. */

import { assertEquals } from "@std/assert";
import { Lock } from "../../lock.ts";

Deno.test("new Lock() is free and has no name", () => {
  const lock = new Lock();
  assertEquals(lock.name, undefined);
  assertEquals(lock.locked, false);
  assertEquals(lock.waiting, 0);
});

for (const name of ["db", ""]) {
  Deno.test(`new Lock({ name: "${name}" }) has that name`, () => {
    assertEquals(new Lock({ name }).name, name);
  });
}

Deno.test("waiting counts the waiters and not the holder", async () => {
  const lock = new Lock();
  const controller = new AbortController();
  const counts: number[] = [];
  const count = () => counts.push(lock.waiting);

  const guard = await lock.acquire();
  count();
  const first = lock.acquire();
  count();
  const second = lock.acquire({ signal: controller.signal });
  const third = lock.run(count);
  count();
  controller.abort();
  count();
  guard.release();
  count();
  (await first).release();
  await Promise.allSettled([second, third]);
  assertEquals(counts, [0, 1, 3, 2, 1, 0]);
});
