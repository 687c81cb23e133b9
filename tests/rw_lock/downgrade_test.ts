/**
 * Promise: `downgrade` lets no writer in between and lets waiting readers in
 * at the front. The write guard is stale afterwards.
 */

import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { Lock, Semaphore } from "../../mod.ts";
import { LockGuard, RwLock } from "../../rw_lock.ts";
import { drainMicrotasks, settledState } from "../support/promises.ts";

Deno.test("downgrade() makes a write hold a read hold", async () => {
  const lock = new RwLock();
  const writing = await lock.write.acquire();
  const reading = lock.downgrade(writing);
  assertEquals([lock.read.locked, lock.write.locked], [true, false]);
  assertEquals([writing.held, reading.held], [false, true]);
  assertEquals(lock.write.tryAcquire(), undefined);
  assertEquals(lock.read.tryAcquire()?.held, true);
});

Deno.test("downgrade() lets in readers at the front, and no writer", async () => {
  const lock = new RwLock();
  const writing = await lock.write.acquire();
  const readers = [lock.read.acquire(), lock.read.acquire()];
  const writer = lock.write.acquire();
  const last = lock.read.acquire();
  const reading = lock.downgrade(writing);
  assertEquals([lock.read.waiting, lock.write.waiting], [1, 1]);
  for (const reader of readers) (await reader).release();
  assertEquals(await settledState(writer), "pending");
  reading.release();
  assertEquals([lock.read.locked, lock.write.locked], [false, true]);
  (await writer).release();
  assertEquals((await last).held, true);
});

Deno.test("downgrade() lets in nobody if a writer is at the front", async () => {
  const lock = new RwLock();
  const writing = await lock.write.acquire();
  const writer = lock.write.acquire();
  const reader = lock.read.acquire();
  const reading = lock.downgrade(writing);
  assertEquals([lock.read.waiting, lock.write.waiting], [1, 1]);
  assertEquals(await settledState(writer), "pending");
  assertEquals(reading.held, true);
  reading.release();
  (await writer).release();
  assertEquals((await reader).held, true);
});

Deno.test("downgrade() lets in readers past a writer that is aborted already", async () => {
  const lock = new RwLock();
  const writing = await lock.write.acquire();
  const controller = new AbortController();
  const { signal } = controller;
  // It is called before the listener of the waiting writer.
  signal.addEventListener("abort", () => {
    lock.downgrade(writing);
    assertEquals([lock.read.waiting, lock.write.waiting], [0, 0]);
  });
  const writer = lock.write.acquire({ signal });
  const reader = lock.read.acquire();
  controller.abort("gone");
  assertEquals(await writer.catch((reason) => reason), "gone");
  assertEquals((await reader).held, true);
});

Deno.test("what was written is read before anybody else writes", async () => {
  const lock = new RwLock();
  let value = 0;
  const seen = await Promise.all([1, 2, 3].map(async (mine) => {
    using writing = await lock.write.acquire();
    value = mine;
    await drainMicrotasks();
    using _ = lock.downgrade(writing);
    await drainMicrotasks();
    return value;
  }));
  assertEquals(seen, [1, 2, 3]);
  assertEquals([lock.read.locked, lock.write.locked], [false, false]);
});

Deno.test("the write guard is stale afterwards", async () => {
  const lock = new RwLock();
  const writing = await lock.write.acquire();
  const reading = lock.downgrade(writing);
  writing.release();
  await writing[Symbol.asyncDispose]();
  assertEquals([reading.held, lock.read.locked], [true, true]);
  reading.release();
  const next = await lock.write.acquire();
  writing.release();
  assertEquals([writing.held, next.held], [false, true]);
});

Deno.test("the read guard ends its hold once", async () => {
  const lock = new RwLock();
  const reading = lock.downgrade(await lock.write.acquire());
  const other = await lock.read.acquire();
  reading.release();
  reading.release();
  assertEquals([reading.held, other.held, lock.read.locked], [
    false,
    true,
    true,
  ]);
});

const refused: Record<string, (lock: RwLock) => Promise<unknown>> = {
  "a released write guard": async (lock) => {
    const guard = await lock.write.acquire();
    guard.release();
    return guard;
  },
  "a released write guard while somebody else writes": async (lock) => {
    const guard = await lock.write.acquire();
    guard.release();
    await lock.write.acquire();
    return guard;
  },
  "a write guard that is downgraded already": async (lock) => {
    const guard = await lock.write.acquire();
    lock.downgrade(guard);
    return guard;
  },
  "a read guard": (lock) => lock.read.acquire(),
  "a released read guard": async (lock) => {
    const guard = await lock.read.acquire();
    guard.release();
    return guard;
  },
  "a released read guard while somebody writes": async (lock) => {
    const guard = await lock.read.acquire();
    guard.release();
    await lock.write.acquire();
    return guard;
  },
  "a write guard of another lock": async (lock) => {
    await lock.write.acquire();
    return new RwLock().write.acquire();
  },
  "the guard of a Lock": async (lock) => {
    await lock.write.acquire();
    return new Lock().acquire();
  },
  "the guard of a Semaphore": async (lock) => {
    await lock.write.acquire();
    return new Semaphore(5).acquire({ permits: 2 });
  },
  "a guard that is made by hand": (lock) =>
    Promise.resolve(Reflect.construct(LockGuard, [lock])),
};

for (const [title, make] of Object.entries(refused)) {
  Deno.test(`downgrade() refuses ${title} and changes nothing`, async () => {
    const lock = new RwLock({ name: "config" });
    const guard = await make(lock) as LockGuard;
    const waits = [lock.write.acquire(), lock.read.acquire()];
    const look = () => Deno.inspect([lock, guard, lock.read, lock.write]);
    const before = look();
    const error = assertThrows(() => lock.downgrade(guard), Error);
    assertStrictEquals(error.constructor, Error);
    assertEquals(
      error.message,
      'Cannot downgrade read-write lock "config": the guard does not hold it for writing',
    );
    assertEquals(look(), before);
    lock.cancel();
    await Promise.allSettled(waits);
  });
}

const noGuards: [string, unknown][] = [
  ["undefined", undefined],
  ["null", null],
  ["5", 5],
  ['"guard"', "guard"],
  ["a function", () => {}],
  ["an object", { held: true, release() {} }],
  ["an object", Object.create(LockGuard.prototype)],
  ["an object", new Proxy(await new RwLock().write.acquire(), {})],
  ["an object", Promise.resolve()],
  ["an object", new RwLock()],
];

for (const [index, [shown, value]] of noGuards.entries()) {
  Deno.test(`downgrade() refuses ${shown}, which is no guard (${index})`, async () => {
    const lock = new RwLock({ name: "config" });
    const guard = await lock.write.acquire();
    const error = assertThrows(
      () => lock.downgrade(value as LockGuard),
      TypeError,
    );
    assertEquals(
      error.message,
      `Cannot downgrade read-write lock "config": guard must be a LockGuard, got ${shown}`,
    );
    assertEquals([guard.held, lock.write.locked], [true, true]);
  });
}
