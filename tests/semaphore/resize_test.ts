/**
 * `resize()`: more permits let waiters in, fewer take effect as guards are
 * released.
 */

import { assertEquals } from "@std/assert";
import { Semaphore } from "../../semaphore.ts";
import { drainMicrotasks, settledState } from "../support/promises.ts";

Deno.test("more permits let in all who now fit, in order, before resize() returns", async () => {
  const semaphore = new Semaphore(2);
  await semaphore.acquire({ permits: 2 });
  const order: string[] = [];
  for (const name of ["a", "b", "c", "d"]) {
    semaphore.acquire().then(() => order.push(name));
  }
  semaphore.resize(5);
  assertEquals(
    [semaphore.permits, semaphore.available, semaphore.waiting],
    [5, 0, 1],
  );
  await drainMicrotasks();
  assertEquals(order, ["a", "b", "c"]);
});

Deno.test("more permits than are waited for are free", () => {
  const semaphore = new Semaphore(1);
  semaphore.tryAcquire();
  semaphore.resize(4);
  assertEquals([semaphore.permits, semaphore.available], [4, 3]);
});

Deno.test("fewer permits leave those inside alone, and let nobody in too early", async () => {
  const semaphore = new Semaphore(3);
  const guards = [
    await semaphore.acquire(),
    await semaphore.acquire(),
    await semaphore.acquire(),
  ];
  const wait = semaphore.acquire();
  semaphore.resize(1);
  const seen = [semaphore.available];
  for (const guard of guards) {
    assertEquals(guard.held, true);
    assertEquals(await settledState(wait), "pending");
    assertEquals(semaphore.tryAcquire(), undefined);
    guard.release();
    seen.push(semaphore.available);
  }
  assertEquals(seen, [0, 0, 0, 0]);
  (await wait).release();
  assertEquals([semaphore.permits, semaphore.available], [1, 1]);
});

Deno.test("fewer permits take free ones at once", () => {
  const semaphore = new Semaphore(5);
  semaphore.tryAcquire(2);
  semaphore.resize(3);
  assertEquals(semaphore.available, 1);
  semaphore.resize(1);
  assertEquals(semaphore.available, 0);
});

Deno.test("permits that are taken away and given again change nothing", async () => {
  const semaphore = new Semaphore(5);
  const guard = await semaphore.acquire({ permits: 4 });
  semaphore.resize(1);
  semaphore.resize(5);
  assertEquals(semaphore.available, 1);
  guard.release();
  assertEquals(semaphore.available, 5);
});

Deno.test("a guard of more permits than there are now gives all of them back", async () => {
  const semaphore = new Semaphore(5);
  const guard = await semaphore.acquire({ permits: 5 });
  semaphore.resize(2);
  guard.release();
  assertEquals([semaphore.permits, semaphore.available], [2, 2]);
});

Deno.test("resize() from inside run() lets others in while it runs", async () => {
  const semaphore = new Semaphore(1);
  const outcome = semaphore.run(async () => {
    const next = semaphore.acquire();
    semaphore.resize(2);
    (await next).release();
    return semaphore.available;
  });
  assertEquals(await outcome, 1);
});

Deno.test("the largest number of permits is exact", async () => {
  const most = Number.MAX_SAFE_INTEGER;
  const semaphore = new Semaphore(most);
  const guard = await semaphore.acquire({ permits: most });
  semaphore.resize(1);
  assertEquals(semaphore.available, 0);
  semaphore.resize(most);
  assertEquals(semaphore.available, 0);
  guard.release();
  assertEquals(semaphore.available, most);
});
