/** Promise: `acquire()` on a free lock takes it before the call returns. */

import { assert, assertEquals } from "@std/assert";
import { type AcquireOptions, Lock } from "../../lock.ts";

const everyLimit: [string, AcquireOptions | undefined][] = [
  ["no options", undefined],
  ["limits", { signal: new AbortController().signal, timeout: 1000 }],
];

for (const [title, options] of everyLimit) {
  Deno.test(`acquire() with ${title} takes a free lock before it returns`, async () => {
    const lock = new Lock();
    const acquired = lock.acquire(options);
    assert(lock.locked);
    assertEquals(lock.waiting, 0);
    assert((await acquired).held);
  });

  Deno.test(`acquire() with ${title} gives a free lock's guard in the next microtask`, async () => {
    const order: string[] = [];
    const acquired = new Lock().acquire(options).then(() => order.push("lock"));
    await Promise.all([
      acquired,
      Promise.resolve().then(() => order.push("next")),
    ]);
    assertEquals(order, ["lock", "next"]);
  });
}

Deno.test("acquire() takes a lock that was released, before it returns", async () => {
  const lock = new Lock();
  (await lock.acquire()).release();
  const acquired = lock.acquire();
  assert(lock.locked);
  assert((await acquired).held);
});

Deno.test("of two calls of acquire() in one tick, only the first gets the lock", async () => {
  const lock = new Lock();
  const first = lock.acquire();
  const second = lock.acquire();
  assertEquals(lock.waiting, 1);
  (await first).release();
  assert((await second).held);
});
