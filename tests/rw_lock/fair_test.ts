/**
 * Promise: nobody starves. Requests are served in the order in which they came,
 * neighbouring readers together.
 */

import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { RwLock } from "../../rw_lock.ts";
import { drainMicrotasks } from "../support/promises.ts";

/** Has tasks come in this order, `r` or `w`, and notes who is inside when. */
function enterAll(lock: RwLock, tasks: string) {
  const guards: (() => void)[] = [];
  const entered: string[] = [];
  for (const [index, task] of [...tasks].entries()) {
    const side = task === "r" ? lock.read : lock.write;
    side.acquire().then((guard) => {
      entered.push(`${task}${index}`);
      guards.push(() => guard.release());
    });
  }
  return { entered, leave: () => guards.splice(0).forEach((end) => end()) };
}

Deno.test("requests are served in order, neighbouring readers together", async () => {
  const lock = new RwLock();
  const { entered, leave } = enterAll(lock, "rrwrrwwr");
  const rounds: string[][] = [];
  for (let i = 0; i < 5; i++) {
    await drainMicrotasks();
    rounds.push(entered.splice(0));
    leave();
  }
  assertEquals(rounds, [["r0", "r1"], ["w2"], ["r3", "r4"], ["w5"], ["w6"]]);
  await drainMicrotasks();
  assertEquals(entered, ["r7"]);
});

Deno.test("a reader that comes after a waiting writer waits behind it", async () => {
  const lock = new RwLock();
  const first = await lock.read.acquire();
  const writer = lock.write.acquire();
  const { signal } = new AbortController();
  const reader = lock.read.acquire();
  const other = lock.read.run(() => "read", { signal });
  assertEquals(lock.read.tryAcquire(), undefined);
  const refused = lock.read.acquire({ timeout: 0 });
  assertEquals(await refused.catch(({ name }) => name), "TimeoutError");
  assertEquals([lock.read.waiting, lock.write.waiting], [2, 1]);

  first.release();
  assertEquals([lock.read.waiting, lock.write.waiting], [2, 0]);
  assertEquals(lock.write.locked, true);
  (await writer).release();
  assertEquals([lock.read.waiting, lock.read.locked], [0, true]);
  assertEquals(lock.write.tryAcquire(), undefined);
  (await reader).release();
  assertEquals(await other, "read");
});

Deno.test("readers that come again and again do not starve a writer", async () => {
  const lock = new RwLock();
  let isWritten = false;
  let reads = 0;
  const readers = [1, 2].map(async () => {
    while (!isWritten) {
      using _ = await lock.read.acquire();
      reads++;
      await drainMicrotasks();
    }
  });
  await lock.write.run(() => isWritten = true);
  await Promise.all(readers);
  assertEquals(reads, 4); // those before the writer, and those right behind it
});

Deno.test("writers that come again and again do not starve a reader", async () => {
  const lock = new RwLock();
  let isRead = false;
  const order: string[] = [];
  const writers = ["a", "b"].map(async (name) => {
    while (!isRead) {
      using _ = await lock.write.acquire();
      order.push(name);
      await drainMicrotasks();
    }
  });
  const reading = lock.read.run(() => {
    isRead = true;
    order.push("read");
  });
  await Promise.all([...writers, reading]);
  assertEquals(order.slice(0, 3), ["a", "b", "read"]);
});

for (const end of ["abort", "timeout"] as const) {
  Deno.test(`a writer that leaves by ${end} lets the readers behind it in, in the same tick`, async () => {
    using time = new FakeTime();
    const lock = new RwLock();
    await lock.read.acquire();
    const controller = new AbortController();
    const limits = end === "abort"
      ? { signal: controller.signal }
      : { timeout: 10 };
    const leaver = lock.write.acquire(limits);
    const readers = [lock.read.acquire(), lock.read.acquire()];
    const writer = lock.write.acquire();
    const last = lock.read.acquire();
    if (end === "abort") controller.abort("gone");
    else time.tick(10);
    assertEquals([lock.read.waiting, lock.write.waiting], [1, 1]);
    const reason = await leaver.catch((reason) => reason.name ?? reason);
    assertEquals(reason, end === "abort" ? "gone" : "TimeoutError");
    for (const reader of readers) assertEquals((await reader).held, true);
    lock.cancel();
    await Promise.allSettled([writer, last]);
  });
}

Deno.test("20 000 writers that leave by one signal let the reader behind them in", async () => {
  const COUNT = 20_000;
  const lock = new RwLock();
  await lock.read.acquire();
  const controller = new AbortController();
  const { signal } = controller;
  let left = 0;
  for (let i = 0; i < COUNT; i++) {
    lock.write.acquire({ signal }).catch(() => left++);
  }
  const reader = lock.read.acquire();
  assertEquals([lock.read.waiting, lock.write.waiting], [1, COUNT]);
  controller.abort();
  assertEquals([lock.read.waiting, lock.write.waiting], [0, 0]);
  assertEquals((await reader).held, true);
  assertEquals(left, COUNT);
});

for (
  const [first, second, expected] of [
    ["release", "abort", "granted"],
    ["abort", "release", "gone"],
    ["cancel", "release", "cancelled"],
    ["release", "cancel", "granted"],
  ] as const
) {
  Deno.test(`${first}, then ${second} in the same tick: the first wins`, async () => {
    const lock = new RwLock();
    const guard = await lock.read.acquire();
    const controller = new AbortController();
    const { signal } = controller;
    const wait = lock.write.acquire({ signal }).then(
      () => "granted",
      (reason) => reason,
    );
    const causes = {
      release: () => guard.release(),
      abort: () => controller.abort("gone"),
      cancel: () => lock.cancel("cancelled"),
    };
    causes[first]();
    causes[second]();
    assertEquals(lock.write.waiting, 0);
    assertEquals(lock.write.locked, expected === "granted");
    assertEquals(await wait, expected);
  });
}
