/**
 * `wait(guard)` frees the lock and starts to wait in one step: no notification is
 * lost in between.
 */

import { assertEquals } from "@std/assert";
import { makeHeld, makeWaiting } from "../support/condition.ts";
import { settledState } from "../support/promises.ts";

Deno.test("wait() frees the lock and waits before it returns", async () => {
  const { condition, lock, guard } = makeHeld();
  const wait = condition.wait(guard);
  assertEquals([lock.locked, guard.held], [false, false]);
  assertEquals([condition.waiting, lock.waiting], [1, 0]);
  assertEquals(await settledState(wait), "pending");
});

Deno.test("wait() hands the lock to the longest waiter before it returns", async () => {
  const { condition, lock, guard } = makeHeld();
  const next = lock.acquire();
  const afterNext = lock.acquire();
  condition.wait(guard);
  assertEquals([lock.locked, lock.waiting], [true, 1]);
  assertEquals((await next).held, true);
  assertEquals(await settledState(afterNext), "pending");
});

Deno.test("a notification by whom wait() lets in is not lost", async () => {
  const { condition, lock, guard } = makeHeld();
  const { signal } = new AbortController();
  // Called as the next one gets the lock.
  const removeEventListener = () => condition.notify();
  const next = lock.acquire({
    signal: Object.assign(signal, { removeEventListener }),
  });
  const wait = condition.wait(guard);
  assertEquals(condition.waiting, 0);
  (await next).release();
  await wait;
  assertEquals(guard.held, true);
});

Deno.test("a notification while the wait begins to listen is not lost", async () => {
  const { condition, lock, guard } = makeHeld();
  const { signal } = new AbortController();
  const addEventListener = () => condition.notify();
  const next = lock.acquire();
  const wait = condition.wait(guard, {
    signal: Object.assign(signal, { addEventListener }),
  });
  assertEquals(lock.waiting, 1);
  (await next).release();
  await wait;
  assertEquals(guard.held, true);
});

Deno.test("a notification when nobody waits is not remembered", async () => {
  const { condition, guard } = makeHeld();
  condition.notify();
  condition.notifyAll();
  assertEquals(await settledState(condition.wait(guard)), "pending");
});

Deno.test("a notified waiter joins the queue of the lock inside notify()", async () => {
  const { condition, lock, guard, wait, other } = makeWaiting();
  const before = lock.acquire();
  condition.notify();
  assertEquals([condition.waiting, lock.waiting], [0, 2]);
  const after = lock.acquire();

  other.release();
  const second = await before;
  assertEquals(await settledState(wait), "pending");
  second.release();
  await wait;
  assertEquals(guard.held, true);
  assertEquals(await settledState(after), "pending");
  guard.release();
  assertEquals((await after).held, true);
});
