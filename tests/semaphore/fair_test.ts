/**
 * Promise: strictly first come, first served. A large request at the front is
 * not overtaken by small ones behind it, and `tryAcquire` does not overtake.
 */

import { assertEquals } from "@std/assert";
import { Semaphore } from "../../semaphore.ts";
import { drainMicrotasks } from "../support/promises.ts";

Deno.test("a large request at the front is not overtaken by small ones", async () => {
  const semaphore = new Semaphore(3);
  const guard = await semaphore.acquire({ permits: 2 });
  const order: string[] = [];
  const enter = (name: string, permits: number) =>
    semaphore.acquire({ permits }).then((guard) => {
      order.push(name);
      return guard;
    });
  const large = enter("large", 3);
  const small = [enter("one", 1), enter("two", 2)];
  await drainMicrotasks();
  assertEquals(order, []);
  assertEquals([semaphore.available, semaphore.waiting], [1, 3]);

  guard.release();
  assertEquals([semaphore.available, semaphore.waiting], [0, 2]);
  await drainMicrotasks();
  assertEquals(order, ["large"]);
  (await large).release();
  await Promise.all(small);
  assertEquals(order, ["large", "one", "two"]);
});

Deno.test("nothing overtakes a waiting request, even if it would fit", async () => {
  const semaphore = new Semaphore(3);
  await semaphore.acquire({ permits: 2 });
  const large = semaphore.acquire({ permits: 2 });
  const { signal } = new AbortController();
  const calls = [
    semaphore.acquire(),
    semaphore.acquire({ signal }),
    semaphore.run(() => {}),
    semaphore.run(() => {}, { timeout: 60_000 }),
  ];
  assertEquals(semaphore.tryAcquire(), undefined);
  assertEquals([semaphore.available, semaphore.waiting], [1, 5]);
  const refused = semaphore.acquire({ timeout: 0 });
  assertEquals(await refused.catch(({ name }) => name), "TimeoutError");
  semaphore.cancel("enough");
  const results = await Promise.allSettled<unknown>([large, ...calls]);
  assertEquals(results.map(({ status }) => status), Array(5).fill("rejected"));
});

Deno.test("a release lets in as many as fit, in order, before it returns", async () => {
  const semaphore = new Semaphore(4);
  const guard = await semaphore.acquire({ permits: 4 });
  const order: number[] = [];
  for (const permits of [1, 2, 2, 1]) {
    semaphore.acquire({ permits }).then(() => order.push(permits));
  }
  guard.release();
  assertEquals([semaphore.available, semaphore.waiting], [1, 2]);
  assertEquals(semaphore.tryAcquire(), undefined);
  await drainMicrotasks();
  assertEquals(order, [1, 2]);
});

Deno.test("every way of waiting stands in one queue", async () => {
  const semaphore = new Semaphore(2);
  const guard = await semaphore.acquire({ permits: 2 });
  const { signal } = new AbortController();
  const order: string[] = [];
  const enter = (way: string) => () => void order.push(way);
  const calls = [
    semaphore.acquire({ signal }).then((guard) => {
      order.push("signal");
      guard.release();
    }),
    semaphore.run(enter("run")),
    semaphore.run(enter("run with permits"), { permits: 2 }),
    semaphore.acquire().then((guard) => {
      order.push("bare");
      guard.release();
    }),
    semaphore.run(enter("timeout"), { timeout: 60_000 }),
  ];
  guard.release();
  await Promise.all(calls);
  assertEquals(order, ["signal", "run", "run with permits", "bare", "timeout"]);
});

Deno.test("a holder that releases and acquires again goes behind those who wait", async () => {
  const semaphore = new Semaphore(1);
  const order: string[] = [];
  const task = async (name: string) => {
    for (let i = 0; i < 3; i++) {
      using _ = await semaphore.acquire();
      order.push(name);
    }
  };
  await Promise.all([task("a"), task("b")]);
  assertEquals(order, ["a", "b", "a", "b", "a", "b"]);
});
