/**
 * When the promise of `wait()` settles, the same guard holds the lock again,
 * whichever way the wait ended. So a `using` block around it is right.
 */

import { assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Condition, Lock } from "../../condition.ts";
import { makeHeld, makeWaiting } from "../support/condition.ts";
import { reasonOf, settledState } from "../support/promises.ts";

const ends: [
  string,
  (condition: Condition, controller: AbortController, time: FakeTime) => void,
][] = [
  ["notify()", (condition) => condition.notify()],
  ["notifyAll()", (condition) => condition.notifyAll()],
  ["an abort", (_, controller) => controller.abort("gone")],
  ["a timeout", (_condition, _controller, time) => void time.tick(10)],
  ["cancel()", (condition) => condition.cancel("closing")],
];

for (const [title, end] of ends) {
  const outcome = title.startsWith("notify") ? "fulfilled" : "rejected";

  Deno.test(`after ${title}, the wait settles when its guard holds the lock`, async () => {
    using time = new FakeTime();
    const controller = new AbortController();
    const { signal } = controller;
    const { condition, lock, guard, wait, other } = makeWaiting({
      signal,
      timeout: 10,
    });
    end(condition, controller, time);
    assertEquals([condition.waiting, lock.waiting], [0, 1]);
    assertEquals(await settledState(wait), "pending");
    assertEquals(guard.held, false);

    other.release();
    assertEquals([guard.held, other.held], [true, false]);
    assertEquals(await settledState(wait), outcome);
    assertEquals(guard.held, true);
    guard.release();
    assertEquals(lock.locked, false);
  });

  if (outcome === "rejected") {
    Deno.test(`after ${title}, the guard has a free lock before the promise settles`, async () => {
      using time = new FakeTime();
      const controller = new AbortController();
      const { signal } = controller;
      const { condition, lock, guard } = makeHeld();
      const wait = condition.wait(guard, { signal, timeout: 10 });
      end(condition, controller, time);
      assertEquals([guard.held, lock.locked], [true, true]);
      assertEquals(await settledState(wait), "rejected");
    });
  }

  Deno.test(`after ${title}, using frees the lock at the end of the block`, async () => {
    using time = new FakeTime();
    const controller = new AbortController();
    const { signal } = controller;
    const lock = new Lock();
    const condition = new Condition(lock);
    async function block() {
      using guard = await lock.acquire();
      try {
        await condition.wait(guard, { signal, timeout: 10 });
      } finally {
        assertEquals(guard.held, true);
      }
    }
    const inside = block();
    const other = await lock.acquire();
    end(condition, controller, time);
    other.release();
    assertEquals(lock.locked, true);
    await Promise.allSettled([inside]);
    assertEquals(lock.locked, false);
  });
}

Deno.test("a guard can wait again and again", async () => {
  const { condition, lock, guard } = makeHeld();
  for (let i = 0; i < 3; i++) {
    const wait = condition.wait(guard);
    const other = await lock.acquire();
    condition.notify();
    other.release();
    await wait;
    assertEquals(guard.held, true);
  }
});

Deno.test("release() of a guard while it waits changes nothing", async () => {
  const { condition, lock, guard, wait, other } = makeWaiting();
  guard.release();
  assertEquals([other.held, condition.waiting], [true, 1]);
  condition.notify();
  guard.release();
  assertEquals([other.held, lock.waiting], [true, 1]);
  other.release();
  await wait;
  assertEquals(guard.held, true);
  guard.release();
  assertEquals(lock.locked, false);
});

Deno.test("waiters come back one by one, in the order of their notification", async () => {
  const lock = new Lock();
  const condition = new Condition(lock);
  const order: number[] = [];
  let inside = 0;
  const waiters = [0, 1, 2].map(async (id) => {
    using guard = await lock.acquire();
    await condition.wait(guard);
    assertEquals(++inside, 1);
    order.push(id);
    await Promise.resolve();
    inside--;
  });
  using other = await lock.acquire();
  assertEquals(condition.waiting, 3);
  condition.notifyAll();
  assertEquals([condition.waiting, lock.waiting], [0, 3]);
  other.release();
  await Promise.all(waiters);
  assertEquals(order, [0, 1, 2]);
});

Deno.test("a wait with a patched addEventListener that throws gives the lock back", async () => {
  const { condition, lock, guard } = makeHeld();
  const error = new Error("Not today");
  const addEventListener = () => {
    throw error;
  };
  const { signal } = new AbortController();
  const options = { signal: Object.assign(signal, { addEventListener }) };
  await assertRejects(
    () => condition.wait(guard, options),
    Error,
    "Not today",
  );
  assertEquals([guard.held, condition.waiting, lock.waiting], [true, 0, 0]);
});

Deno.test("10 000 waiters of one signal come back in order", async () => {
  const lock = new Lock();
  const condition = new Condition(lock);
  const controller = new AbortController();
  const { signal } = controller;
  const order: number[] = [];
  const waiters = Array.from({ length: 10_000 }, async (_, id) => {
    using guard = await lock.acquire();
    assertEquals(
      await reasonOf(condition.wait(guard, { signal })),
      "enough",
    );
    order.push(id);
  });
  using other = await lock.acquire();
  controller.abort("enough");
  assertEquals(lock.waiting, 10_000);
  other.release();
  await Promise.all(waiters);
  assertEquals(order.every((id, place) => id === place), true);
});
