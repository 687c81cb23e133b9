/** `notify()` and `notifyAll()`: whom they wake, and when they throw. */

import { assertEquals, assertThrows } from "@std/assert";
import { Condition, Lock } from "../../condition.ts";
import { makeJournal } from "../support/journal.ts";
import { makeHeld } from "../support/condition.ts";
import { drainMicrotasks } from "../support/promises.ts";

/** Three waiters, `a` to `c`. The lock is free. */
function makeThree() {
  const lock = new Lock();
  const condition = new Condition(lock);
  const { notes, note } = makeJournal();
  for (const name of "abc") {
    const guard = lock.tryAcquire()!;
    note(name, condition.wait(guard).then(() => guard.release()));
  }
  return { lock, condition, notes };
}

for (
  const [count, woken] of [
    [0, ""],
    [undefined, "a"],
    [1, "a"],
    [2, "ab"],
    [3, "abc"],
    [2 ** 53 - 1, "abc"],
  ] as const
) {
  Deno.test(`notify(${count ?? ""}) wakes the longest waiters: ${woken || "none"}`, async () => {
    const { lock, condition, notes } = makeThree();
    {
      using _ = await lock.acquire();
      condition.notify(count);
      assertEquals(condition.waiting, 3 - woken.length);
      assertEquals(lock.waiting, woken.length);
    }
    await drainMicrotasks();
    assertEquals(notes.join(""), woken);
  });
}

Deno.test("notifyAll() wakes all who wait now, in order", async () => {
  const { lock, condition, notes } = makeThree();
  {
    using _ = await lock.acquire();
    condition.notifyAll();
    assertEquals([condition.waiting, lock.waiting], [0, 3]);
  }
  await drainMicrotasks();
  assertEquals(notes, ["a", "b", "c"]);
});

Deno.test("whoever waits while notifyAll() wakes others is not woken", async () => {
  const { condition, lock, guard } = makeHeld();
  const { signal } = new AbortController();
  let late: Promise<void> | undefined;
  // Called as the first waiter is woken.
  const removeEventListener = () => {
    late = condition.wait(other);
  };
  const first = condition.wait(guard, {
    signal: Object.assign(signal, { removeEventListener }),
  });
  const other = await lock.acquire();
  condition.notifyAll();
  await first;
  assertEquals([condition.waiting, guard.held], [1, true]);
  condition.notify();
  guard.release();
  await late;
  assertEquals(other.held, true);
});

Deno.test("anybody may notify while somebody holds the lock", async () => {
  const { lock, condition, notes } = makeThree();
  const guard = await lock.acquire();
  await Promise.resolve().then(() => condition.notify());
  guard.release();
  await drainMicrotasks();
  assertEquals(notes, ["a"]);
});

for (const method of ["notify", "notifyAll"] as const) {
  Deno.test(`${method}() throws while the lock is free, and wakes nobody`, () => {
    const { condition } = makeThree();
    assertThrows(
      () => condition[method](),
      Error,
      "Cannot notify condition of lock: the lock is not held",
    );
    assertEquals(condition.waiting, 3);
    assertThrows(
      () => new Condition(new Lock({ name: "db" }))[method](),
      Error,
      'Cannot notify condition of lock "db": the lock is not held',
    );
  });
}

for (const count of [-1, 1.5, NaN, Infinity, 2 ** 53]) {
  Deno.test(`notify(${count}) throws a RangeError and wakes nobody`, async () => {
    const { lock, condition } = makeThree();
    const message = "Cannot notify condition of lock: count must be " +
      `a whole number from 0 to 2^53 - 1, got ${count}`;
    assertThrows(() => condition.notify(count), RangeError, message);
    using _ = await lock.acquire();
    assertThrows(() => condition.notify(count), RangeError, message);
    assertEquals(condition.waiting, 3);
  });
}
