/** How a condition looks, what it takes, and that it decides by private state. */

import {
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { Condition, Lock } from "../../condition.ts";
import { makeWaiting } from "../support/condition.ts";

Deno.test("a condition prints its lock's name and state, and how many wait", async () => {
  const { condition, lock, wait, other } = makeWaiting();
  assertEquals(Deno.inspect(condition), 'Condition "db" [locked, waiting: 1]');
  other.release();
  assertEquals(
    Deno.inspect(condition),
    'Condition "db" [unlocked, waiting: 1]',
  );
  assertEquals(Deno.inspect(new Condition()), "Condition [unlocked]");
  assertEquals(Deno.inspect(Condition.prototype), "[object Object]");
  using _ = await lock.acquire();
  condition.notify();
  _.release();
  await wait;
});

Deno.test("a condition has the lock that it is given, or else one of its own", () => {
  const lock = new Lock();
  assertStrictEquals(new Condition(lock).lock, lock);
  const condition = new Condition(undefined);
  assertEquals(condition.lock.locked, false);
  assertEquals(condition.lock === new Condition().lock, false);
  assertStrictEquals(condition.lock, condition.lock);
});

Deno.test("subclasses decide nothing by what they override", async () => {
  class OpenLock extends Lock {
    override get locked(): boolean {
      return true;
    }
    override release(): void {}
  }
  class Signal extends Condition {
    override get lock(): Lock {
      return new Lock();
    }
    override get waiting(): number {
      return 7;
    }
  }
  const lock = new OpenLock();
  const condition = new Signal(lock);
  assertEquals(Deno.inspect(condition), "Signal [unlocked]");
  assertThrows(() => condition.notify(), Error, "the lock is not held");
  const guard = await lock.acquire();
  const wait = condition.wait(guard);
  assertEquals(guard.held, false);
  using _ = await lock.acquire();
  condition.notify();
  _.release();
  await wait;
  assertEquals(guard.held, true);
});

for (const method of ["wait", "waitFor"] as const) {
  Deno.test(`${method}() rejects on a wrong receiver`, async () => {
    using guard = await new Lock().acquire();
    const { [method]: detached } = new Condition();
    const call = Reflect.apply(detached, undefined, [guard, () => true]);
    await assertRejects(() => call, TypeError);
  });
}
