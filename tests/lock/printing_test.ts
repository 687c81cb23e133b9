/** What `console.log()` shows of a lock and of a guard. */

import { assertEquals } from "@std/assert";
import { inspect } from "node:util";
import { Lock } from "../../lock.ts";

for (
  const [runtime, print] of [
    ["Deno.inspect()", (value: unknown) => Deno.inspect(value)],
    ["inspect() of node:util", (value: unknown) => inspect(value)],
  ] as const
) {
  Deno.test(`${runtime} shows a lock's state`, async () => {
    const lock = new Lock();
    assertEquals(print(lock), "Lock [unlocked]");
    const guard = await lock.acquire();
    assertEquals(print(lock), "Lock [locked]");
    const wait = lock.acquire();
    assertEquals(print({ lock }), "{ lock: Lock [locked, waiting: 1] }");
    guard.release();
    (await wait).release();
    assertEquals(print(lock), "Lock [unlocked]");
  });

  Deno.test(`${runtime} shows a lock's name`, () => {
    assertEquals(print(new Lock({ name: "db" })), 'Lock "db" [unlocked]');
    assertEquals(
      print(new Lock({ name: 'a "b"' })),
      'Lock "a \\"b\\"" [unlocked]',
    );
    assertEquals(print(new Lock({ name: "" })), 'Lock "" [unlocked]');
  });

  Deno.test(`${runtime} shows whether a guard holds`, async () => {
    const guard = await new Lock().acquire();
    assertEquals(print(guard), "LockGuard [held]");
    guard.release();
    assertEquals(print(guard), "LockGuard [released]");
  });

  Deno.test(`${runtime} of the prototypes, which have no state, does not throw`, async () => {
    for (const value of [new Lock(), await new Lock().acquire()]) {
      assertEquals(typeof print(Object.getPrototypeOf(value)), "string");
    }
  });
}

// Deno and its `node:util` ask for both, other runtimes only for their own.
for (const key of ["Deno.customInspect", "nodejs.util.inspect.custom"]) {
  Deno.test(`a lock has a method Symbol.for("${key}")`, () => {
    const lock = new Lock();
    const print = Reflect.get(lock, Symbol.for(key));
    assertEquals(Reflect.apply(print, lock, []), "Lock [unlocked]");
  });
}
