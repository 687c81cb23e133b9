/**
 * Places where locks are seldom tried: built-ins that are counted or frozen,
 * and calls from inside of what the lock itself brings about.
 */

import { assertEquals, assertRejects } from "@std/assert";
import { KeyedLock, Lock, once } from "../../mod.ts";
import { countListeners } from "../support/listeners.ts";
import { drainMicrotasks } from "../support/promises.ts";

/** How often `then` is called while something is done. */
async function countThens(work: () => unknown): Promise<number> {
  // deno-lint-ignore no-explicit-any -- stands in for any `then`
  const prototype = Promise.prototype as { then: any };
  const original = prototype.then;
  let thens = 0;
  prototype.then = function (this: Promise<unknown>, ...args: unknown[]) {
    thens++;
    return original.apply(this, args);
  };
  try {
    work();
    await drainMicrotasks();
  } finally {
    prototype.then = original;
  }
  return thens;
}

function freeLock(): Lock {
  return new Lock();
}

function heldLock(): Lock {
  const lock = new Lock();
  lock.tryAcquire();
  return lock;
}

const finished = once(() => 42);
await finished();

const everyOperation: [string, thens: number, () => unknown][] = [
  ["acquire() of a free lock", 0, () => freeLock().acquire()],
  ["tryAcquire()", 0, () => freeLock().tryAcquire()],
  ["run() with a synchronous function", 0, () => freeLock().run(() => 1)],
  ["run() with an asynchronous one", 0, () => freeLock().run(async () => {})],
  ["a wait and its grant", 0, () => {
    const lock = heldLock();
    lock.acquire();
    lock.release();
  }],
  ["a wait with a signal and its grant", 0, () => {
    const lock = heldLock();
    lock.acquire({ signal: new AbortController().signal });
    lock.release();
  }],
  ["a wait with a timeout and its grant", 0, () => {
    const lock = heldLock();
    lock.acquire({ timeout: 1_000 });
    lock.release();
  }],
  ["run() that waits", 0, () => {
    const lock = heldLock();
    lock.run(() => 1);
    lock.release();
  }],
  ["acquire() of a free key", 0, () => new KeyedLock().acquire("a")],
  ["acquireAll()", 0, () => new KeyedLock().acquireAll(["a", "b"])],
  ["a run of once()", 0, () => once(() => 42)()],
  ["a finished once()", 0, () => finished()],
];

for (const [title, thens, work] of everyOperation) {
  Deno.test(`${title} calls then() ${thens} times`, async () => {
    assertEquals(await countThens(work), thens);
  });
}

Deno.test("one signal for 100 000 waits has one listener, and then none", async () => {
  const lock = heldLock();
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = countListeners(signal);
  const waits = Array.from(
    { length: 100_000 },
    () => lock.acquire({ signal }).catch((reason) => reason),
  );
  assertEquals(listeners.added, 1);
  controller.abort("enough");
  assertEquals(new Set(await Promise.all(waits)), new Set(["enough"]));
  assertEquals(listeners.removed, 1);
});

Deno.test("cancel() in the continuation of a waiter that it rejects cancels who came since", async () => {
  const lock = heldLock();
  const first = lock.acquire().catch(() => {
    const second = lock.acquire();
    lock.cancel(new Error("Once more"));
    return second;
  });
  lock.cancel();
  await assertRejects(() => first, Error, "Once more");
  assertEquals(lock.waiting, 0);
});

Deno.test("acquire() in a finally waits for the others like any other call", async () => {
  const lock = new Lock();
  const order: string[] = [];
  async function twice(name: string): Promise<void> {
    try {
      using _ = await lock.acquire();
      order.push(name);
    } finally {
      using _ = await lock.acquire();
      order.push(`${name}, finally`);
    }
  }
  await Promise.all([twice("a"), twice("b")]);
  assertEquals(order, ["a", "b", "a, finally", "b, finally"]);
});
