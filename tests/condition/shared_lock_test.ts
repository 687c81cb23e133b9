/** Several conditions may share a lock, and its holders may release by hand. */

import { assertEquals, assertThrows } from "@std/assert";
import { Condition, Lock } from "../../condition.ts";
import { settledState } from "../support/promises.ts";

Deno.test("a notification of one condition does not reach another of the same lock", async () => {
  const lock = new Lock();
  const [full, empty] = [new Condition(lock), new Condition(lock)];
  const first = lock.tryAcquire()!;
  const waitFull = full.wait(first);
  const second = lock.tryAcquire()!;
  const waitEmpty = empty.wait(second);
  {
    using _ = await lock.acquire();
    full.notifyAll();
    assertEquals([full.waiting, empty.waiting, lock.waiting], [0, 1, 1]);
  }
  await waitFull;
  assertEquals([first.held, second.held], [true, false]);
  empty.notify(); // by whom the other has let in
  first.release();
  await waitEmpty;
  assertEquals(second.held, true);
});

Deno.test("a guard waits for one condition after the other", async () => {
  const lock = new Lock();
  const conditions = [new Condition(lock), new Condition(lock)];
  const guard = lock.tryAcquire()!;
  for (const condition of conditions) {
    const wait = condition.wait(guard);
    using _ = await lock.acquire();
    condition.notify();
    _.release();
    await wait;
    assertEquals(guard.held, true);
  }
});

// How long after its grant a waiter goes on.
const waits: [
  string,
  microtasks: number,
  (condition: Condition, lock: Lock) => Promise<void>,
][] = [
  ["wait()", 1, async (condition, lock) => {
    await condition.wait(lock.tryAcquire()!);
    lock.release();
  }],
  ["wait() with a timeout", 2, async (condition, lock) => {
    await condition.wait(lock.tryAcquire()!, { timeout: 10_000 });
    lock.release();
  }],
  ["waitFor()", 2, async (condition, lock) => {
    let calls = 0;
    await condition.waitFor(lock.tryAcquire()!, () => ++calls > 1);
    lock.release();
  }],
];

for (const [title, microtasks, wait] of waits) {
  Deno.test(`lock.release() is refused until the ${title} that it let in has started`, async () => {
    const lock = new Lock();
    const condition = new Condition(lock);
    const waiting = wait(condition, lock); // releases by hand as its first act
    lock.tryAcquire();
    condition.notify();
    const next = lock.acquire();
    lock.release();
    for (let i = 0; i < microtasks; i++) {
      assertThrows(() => lock.release(), Error, "has not started");
      assertEquals(lock.waiting, 1);
      await undefined;
    }
    await waiting;
    assertEquals((await next).held, true);
    assertEquals(await settledState(lock.acquire()), "pending");
  });
}
