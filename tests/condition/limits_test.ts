/**
 * Limits cut short the wait for the notification, never the wait to get the lock
 * back. An aborted signal and `timeout: 0` reject at once and free nothing.
 */

import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Condition } from "../../condition.ts";
import { makeHeld, makeWaiting } from "../support/condition.ts";
import { countListeners } from "../support/listeners.ts";
import { reasonOf, settledState } from "../support/promises.ts";

Deno.test("an aborted signal rejects at once and frees nothing", async () => {
  const { condition, lock, guard } = makeHeld();
  const next = lock.acquire();
  const reason = { why: "gone" };
  const wait = condition.wait(guard, { signal: AbortSignal.abort(reason) });
  assertEquals([guard.held, condition.waiting, lock.waiting], [true, 0, 1]);
  assertStrictEquals(await reasonOf(wait), reason);
  assertEquals(await settledState(next), "pending");
});

Deno.test("timeout 0 rejects at once and frees nothing", async () => {
  const { condition, lock, guard } = makeHeld();
  const next = lock.acquire();
  const wait = condition.wait(guard, { timeout: 0 });
  assertEquals([guard.held, condition.waiting, lock.waiting], [true, 0, 1]);
  const error = await reasonOf(wait) as Error;
  assertEquals(error.name, "TimeoutError");
  assertEquals(
    error.message,
    'Cannot wait for condition of lock "db" within 0 ms: ' +
      "still not notified, 0 waiting",
  );
  assertEquals(await settledState(next), "pending");
});

Deno.test("a timeout says how it stands, with the caller in its stack", async () => {
  using time = new FakeTime();
  const { condition, guard, other } = makeWaiting();
  condition.wait(other);
  async function caller() {
    using third = await condition.lock.acquire();
    await condition.wait(third, { timeout: 50 });
  }
  const call = caller();
  assertEquals(await settledState(call), "pending");
  time.tick(50);
  const error = await assertRejects(() => call, DOMException);
  assertEquals(error.name, "TimeoutError");
  assertEquals(
    error.message,
    'Cannot wait for condition of lock "db" within 50 ms: ' +
      "still not notified, 2 waiting",
  );
  assertEquals(error.stack?.includes("caller"), true);
  assertEquals(guard.held, false);
});

Deno.test("a timeout of a condition whose lock has no name says so", async () => {
  const condition = new Condition();
  using guard = await condition.lock.acquire();
  await assertRejects(
    () => condition.wait(guard, { timeout: 0 }),
    DOMException,
    "Cannot wait for condition of lock within 0 ms",
  );
});

Deno.test("limits that are reached after the notification change nothing", async () => {
  using time = new FakeTime();
  const controller = new AbortController();
  const { signal } = controller;
  const { condition, guard, wait, other } = makeWaiting({
    signal,
    timeout: 10,
  });
  condition.notify();
  controller.abort();
  time.tick(10);
  assertEquals(await settledState(wait), "pending");
  other.release();
  await wait;
  assertEquals(guard.held, true);
});

Deno.test("a wait for the notification that has ended leaves no listener and no timer", async () => {
  using time = new FakeTime();
  for (const end of ["notify", "notifyAll", "cancel"] as const) {
    const { signal } = new AbortController();
    const listeners = countListeners(signal);
    const { condition, wait, other } = makeWaiting({ signal, timeout: 10 });
    assertEquals(listeners, { added: 1, removed: 0 });
    condition[end]();
    assertEquals(listeners, { added: 1, removed: 1 });
    assertEquals(time.next(), false);
    other.release();
    await Promise.allSettled([wait]);
  }
});
