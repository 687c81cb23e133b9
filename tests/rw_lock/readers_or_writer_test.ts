/** Promise: any number of readers, or one writer. */

import { assert, assertEquals } from "@std/assert";
import { type AcquireOptions, RwLock } from "../../rw_lock.ts";
import { drainMicrotasks, settledState } from "../support/promises.ts";
import { makeRandom } from "../support/random.ts";

const everyLimit: [string, AcquireOptions | undefined][] = [
  ["no options", undefined],
  ["limits", { signal: new AbortController().signal, timeout: 60_000 }],
];

for (const [title, options] of everyLimit) {
  Deno.test(`readers with ${title} get in before the call returns`, async () => {
    const lock = new RwLock();
    const readers = [1, 2, 3].map(() => lock.read.acquire(options));
    assertEquals(lock.read.waiting, 0);
    assertEquals(lock.read.locked, true);
    for (const reader of readers) assert((await reader).held);
    assertEquals(lock.write.tryAcquire(), undefined);
  });

  Deno.test(`a writer with ${title} gets in before the call returns, and nobody else`, async () => {
    const lock = new RwLock();
    const writer = lock.write.acquire(options);
    assertEquals([lock.write.locked, lock.write.waiting], [true, 0]);
    assertEquals(lock.write.tryAcquire(), undefined);
    assertEquals(lock.read.tryAcquire(), undefined);
    const others = [lock.read.acquire(options), lock.write.acquire(options)];
    assertEquals([lock.read.waiting, lock.write.waiting], [1, 1]);
    assertEquals(await settledState(Promise.race(others)), "pending");
    assert((await writer).held);
    lock.cancel();
    await Promise.allSettled(others);
  });
}

Deno.test("a writer waits for the last reader", async () => {
  const lock = new RwLock();
  const one = await lock.read.acquire();
  const other = await lock.read.acquire();
  const writer = lock.write.acquire();
  one.release();
  one.release(); // which counts once
  assertEquals(await settledState(writer), "pending");
  assertEquals(lock.read.locked, true);
  other.release();
  assertEquals([lock.read.locked, lock.write.locked], [false, true]);
  assert((await writer).held);
});

Deno.test("read.locked is false while a writer holds, and the other way round", async () => {
  const lock = new RwLock();
  const writing = await lock.write.acquire();
  assertEquals([lock.read.locked, lock.write.locked], [false, true]);
  writing.release();
  const reading = await lock.read.acquire();
  assertEquals([lock.read.locked, lock.write.locked], [true, false]);
  reading.release();
  assertEquals([lock.read.locked, lock.write.locked], [false, false]);
});

Deno.test("many tasks: readers are together, writers are by themselves", async () => {
  const random = makeRandom();
  const lock = new RwLock();
  let readers = 0;
  let writers = 0;
  let mostReaders = 0;
  const tasks = Array.from({ length: 200 }, async () => {
    if (random(4) > 0) {
      using _ = await lock.read.acquire();
      mostReaders = Math.max(mostReaders, ++readers);
      assertEquals(writers, 0);
      await drainMicrotasks();
      readers--;
    } else {
      await lock.write.run(async () => {
        writers++;
        assertEquals([readers, writers], [0, 1]);
        await null;
        writers--;
      });
    }
  });
  await Promise.all(tasks);
  assert(mostReaders > 1);
  assertEquals([lock.read.locked, lock.write.locked], [false, false]);
});
