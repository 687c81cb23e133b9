/**
 * State of a read-write lock: `name`, and `locked` and `waiting` of its sides.
 */

import { assertEquals, assertStrictEquals } from "@std/assert";
import { RwLock } from "../../rw_lock.ts";

const sides = ["read", "write"] as const;

Deno.test("new RwLock() is free and has no name", () => {
  const lock = new RwLock();
  assertEquals(lock.name, undefined);
  for (const side of sides) {
    assertEquals([lock[side].locked, lock[side].waiting], [false, 0]);
    assertStrictEquals(lock[side], lock[side]);
  }
});

for (const name of ["config", ""]) {
  Deno.test(`new RwLock({ name: "${name}" }) has that name`, () => {
    assertEquals(new RwLock({ name }).name, name);
  });
}

Deno.test("each side counts those who wait for it", async () => {
  const lock = new RwLock();
  const guard = await lock.write.acquire();
  const { signal } = new AbortController();
  const controller = new AbortController();
  const counts: number[][] = [];
  const count = () => counts.push([lock.read.waiting, lock.write.waiting]);
  const waits = [
    lock.read.acquire(),
    lock.read.acquire({ signal }),
    lock.write.acquire(),
    lock.write.acquire({ signal: controller.signal }),
    lock.read.run(() => {}),
  ];
  count();
  controller.abort();
  count();
  guard.release();
  count();
  lock.cancel();
  count();
  assertEquals(counts, [[3, 2], [3, 1], [1, 1], [0, 0]]);
  await Promise.allSettled<unknown>(waits);
});
