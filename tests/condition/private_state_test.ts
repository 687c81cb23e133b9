/** A condition decides by its private state, and by that of its lock. */

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Condition, Lock } from "../../condition.ts";

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

Deno.test("a name that a subclass of the lock makes up strands nobody", async () => {
  class Nameless extends Lock {
    override get name(): string {
      throw new Error("There is no name");
    }
  }
  const condition = new Condition(new Nameless({ name: "db" }));
  const guard = await condition.lock.acquire();
  const wait = condition.wait(guard);
  condition.cancel();
  await assertRejects(() => wait, DOMException, 'condition of lock "db"');
  assertEquals(guard.held, true);
  assertEquals(Deno.inspect(condition), 'Condition "db" [locked]');
});

for (const method of ["wait", "waitFor"] as const) {
  Deno.test(`${method}() rejects on a wrong receiver`, async () => {
    using guard = await new Lock().acquire();
    const { [method]: detached } = new Condition();
    const call = Reflect.apply(detached, undefined, [guard, () => true]);
    await assertRejects(() => call, TypeError);
  });
}
