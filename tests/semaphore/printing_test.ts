/** What `console.log()` shows of a semaphore. */

import { assertEquals } from "@std/assert";
import { inspect } from "node:util";
import { Semaphore } from "../../semaphore.ts";

for (
  const [runtime, print] of [
    ["Deno.inspect()", (value: unknown) => Deno.inspect(value)],
    ["inspect() of node:util", (value: unknown) => inspect(value)],
  ] as const
) {
  Deno.test(`${runtime} shows how a semaphore stands`, async () => {
    const semaphore = new Semaphore(5, { name: "db" });
    assertEquals(print(semaphore), 'Semaphore "db" [5 of 5 free]');
    const guard = await semaphore.acquire({ permits: 3 });
    const waits = [1, 2, 3].map(() => semaphore.acquire({ permits: 5 }));
    assertEquals(
      print({ semaphore }),
      '{ semaphore: Semaphore "db" [2 of 5 free, waiting: 3] }',
    );
    semaphore.cancel();
    semaphore.resize(2);
    assertEquals(print(semaphore), 'Semaphore "db" [0 of 2 free]');
    guard.release();
    assertEquals(print(new Semaphore(1)), "Semaphore [1 of 1 free]");
    await Promise.allSettled(waits);
  });

  Deno.test(`${runtime} takes the prototype of a semaphore, which has no state`, () => {
    assertEquals(print(Semaphore.prototype), "[object Object]");
  });
}

Deno.test("a subclass prints its own name, if it has one", () => {
  class Pool extends Semaphore {}
  assertEquals(Deno.inspect(new Pool(2)), "Pool [2 of 2 free]");
  const nameless = new (class extends Semaphore {})(2);
  assertEquals(Deno.inspect(nameless), "Semaphore [2 of 2 free]");
});
