/**
 * `condition.cancel()` rejects those who wait for a notification. `lock.cancel()`
 * takes the lock from nobody who has to get it back.
 */

import { assertEquals } from "@std/assert";
import { Condition, Lock } from "../../condition.ts";
import { makeHeld, makeWaiting } from "../support/condition.ts";
import { makeJournal } from "../support/journal.ts";
import {
  drainMicrotasks,
  reasonOf,
  settledState,
} from "../support/promises.ts";

Deno.test("cancel() rejects all who wait, in order, each inside the lock", async () => {
  const lock = new Lock();
  const condition = new Condition(lock);
  const order: unknown[] = [];
  const waiters = ["a", "b"].map(async (name) => {
    using guard = await lock.acquire();
    order.push(name, await reasonOf(condition.wait(guard)), guard.held);
  });
  await drainMicrotasks();
  assertEquals([condition.waiting, lock.locked], [2, false]);
  condition.cancel("closing");
  assertEquals([condition.waiting, lock.locked, lock.waiting], [0, true, 1]);
  await Promise.all(waiters);
  assertEquals(order, ["a", "closing", true, "b", "closing", true]);
  assertEquals(lock.locked, false);
});

Deno.test("cancel() without a reason gives each an AbortError of its own", async () => {
  const { condition, lock, guard } = makeHeld();
  const first = condition.wait(guard);
  const other = await lock.acquire();
  const second = condition.wait(other);
  condition.cancel();
  const error = await reasonOf(first) as Error;
  guard.release();
  const otherError = await reasonOf(second) as Error;
  assertEquals(error === otherError, false);
  for (const { name, message } of [error, otherError]) {
    assertEquals(name, "AbortError");
    assertEquals(
      message,
      'Cannot wait for condition of lock "db": the wait was cancelled',
    );
  }
});

Deno.test("cancel() does not reach those who have been notified", async () => {
  const { condition, wait, other } = makeWaiting();
  condition.notify();
  condition.cancel("closing");
  other.release();
  await wait;
});

Deno.test("lock.cancel() does not reach those who wait for a notification", async () => {
  const { condition, lock, wait, other } = makeWaiting();
  lock.cancel("closing");
  assertEquals(condition.waiting, 1);
  condition.notify();
  other.release();
  await wait;
});

Deno.test("lock.cancel() leaves a notified waiter its place, and rejects it inside the lock", async () => {
  const { condition, lock, guard, wait, other } = makeWaiting();
  const { notes, note } = makeJournal();
  note("before", lock.acquire());
  condition.notify();
  note("after", lock.acquire());
  note("wait", wait);

  lock.cancel("closing");
  assertEquals(lock.waiting, 1);
  const late = lock.acquire();
  await drainMicrotasks();
  assertEquals(notes, ["before: closing", "after: closing"]);

  other.release();
  assertEquals(guard.held, true);
  await drainMicrotasks();
  assertEquals(notes.slice(2), ["wait: closing"]);
  assertEquals(await settledState(late), "pending");
  guard.release();
  assertEquals((await late).held, true);
});

Deno.test("notified waiters keep their order at lock.cancel(), in front of who comes meanwhile", async () => {
  const { condition, lock, guard } = makeHeld();
  const first = condition.wait(guard);
  const secondGuard = await lock.acquire();
  const second = condition.wait(secondGuard);
  const holder = await lock.acquire();
  const { signal } = new AbortController();
  const { notes, note } = makeJournal();
  // Called as the first in the queue is rejected.
  const removeEventListener = () => note("late", lock.acquire());
  note(
    "cancelled",
    lock.acquire({ signal: Object.assign(signal, { removeEventListener }) }),
  );
  condition.notifyAll();
  note("first", first);
  note("second", second);
  lock.cancel("closing");
  assertEquals(lock.waiting, 3);
  for (const held of [holder, guard, secondGuard]) {
    held.release();
    await drainMicrotasks();
  }
  assertEquals(notes, [
    "cancelled: closing",
    "first: closing",
    "second: closing",
    "late",
  ]);
});

for (
  const [title, end, reason] of [
    [
      "an abort",
      (controller: AbortController) => controller.abort("gone"),
      "gone",
    ],
    ["lock.cancel()", () => {}, "closing"],
  ] as const
) {
  Deno.test(`of ${title} and a later lock.cancel(), the first reason counts`, async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const { condition, lock, wait, other } = makeWaiting({ signal });
    end(controller);
    if (reason === "closing") {
      condition.notify();
      lock.cancel("closing");
    }
    lock.cancel("later");
    assertEquals(lock.waiting, 1);
    other.release();
    assertEquals(await reasonOf(wait), reason);
  });
}
