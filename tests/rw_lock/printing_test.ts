/** What `console.log()` shows of a read-write lock and of its sides. */

import { assertEquals } from "@std/assert";
import { inspect } from "node:util";
import { RwLock, RwLockSide } from "../../rw_lock.ts";

for (
  const [runtime, print] of [
    ["Deno.inspect()", (value: unknown) => Deno.inspect(value)],
    ["inspect() of node:util", (value: unknown) => inspect(value)],
  ] as const
) {
  Deno.test(`${runtime} shows how a read-write lock and its sides stand`, async () => {
    const lock = new RwLock({ name: "config" });
    const look = () => [lock, lock.read, lock.write].map(print);
    assertEquals(look(), [
      'RwLock "config" [unlocked]',
      'RwLockSide "config" [read, unlocked]',
      'RwLockSide "config" [write, unlocked]',
    ]);
    await lock.read.acquire();
    await lock.read.acquire();
    const waits = [lock.write.acquire(), lock.read.acquire()];
    waits.push(lock.write.acquire());
    assertEquals(look(), [
      'RwLock "config" [held by 2 readers, waiting: 3]',
      'RwLockSide "config" [read, locked, waiting: 1]',
      'RwLockSide "config" [write, unlocked, waiting: 2]',
    ]);
    lock.cancel();
    await Promise.allSettled(waits);

    const other = new RwLock();
    await other.write.acquire();
    assertEquals(print(other), "RwLock [held by a writer]");
    assertEquals(print(other.read), "RwLockSide [read, unlocked]");
    assertEquals(
      print({ side: other.write }),
      "{ side: RwLockSide [write, locked] }",
    );
  });

  Deno.test(`${runtime} takes the prototypes of RwLock, which have no state`, () => {
    assertEquals(print(RwLock.prototype), "[object Object]");
    assertEquals(print(RwLockSide.prototype), "[object Object]");
  });
}

Deno.test("a subclass without a name prints the name of RwLock", () => {
  const lock = new (class extends RwLock {})();
  assertEquals(Deno.inspect(lock), "RwLock [unlocked]");
});
