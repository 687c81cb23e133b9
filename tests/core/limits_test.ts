/**
 * What a wait costs and how its limits work, through `Lock` where that can show
 * it.
 */

import { assertEquals, assertLess, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Lock } from "../../lock.ts";
import { settledState } from "../support/promises.ts";

/** The longest delay that a timer takes. */
const MAX_DELAY = 2 ** 31 - 1;

for (const timeout of [1, MAX_DELAY, MAX_DELAY + 5, 2 * MAX_DELAY + 5]) {
  Deno.test(`a timeout of ${timeout} ms is over then and not before`, async () => {
    using time = new FakeTime();
    const lock = new Lock();
    await lock.acquire();
    const wait = lock.acquire({ timeout });
    time.tick(timeout - 1);
    assertEquals(await settledState(wait), "pending");
    time.tick(1);
    await assertRejects(() => wait, DOMException, `within ${timeout} ms`);
  });
}

Deno.test("a timeout longer than timers take outlasts a short one", async () => {
  const lock = new Lock();
  await lock.acquire();
  const long = lock.acquire({ timeout: MAX_DELAY + 1 });
  const short = lock.acquire({ timeout: 20 });
  const first = Promise.race([long, short]);
  await assertRejects(() => first, DOMException, "within 20 ms");
  assertEquals(lock.waiting, 1);
  lock.release();
  await long;
});

Deno.test("a grant clears the timer that goes on with a long timeout", async () => {
  using time = new FakeTime();
  const lock = new Lock();
  await lock.acquire();
  const wait = lock.acquire({ timeout: MAX_DELAY + 5 });
  time.tick(MAX_DELAY + 1);
  lock.release();
  assertEquals(time.next(), false);
  await wait;
});

Deno.test("an infinite timeout needs no timer", async () => {
  using time = new FakeTime();
  const lock = new Lock();
  await lock.acquire();
  const wait = lock.acquire({ timeout: Infinity });
  assertEquals(time.next(), false);
  lock.release();
  await wait;
});

Deno.test("timeouts are over in the order of their length", async () => {
  using time = new FakeTime();
  const lock = new Lock();
  await lock.acquire();
  const order: number[] = [];
  const waits = [30, 10, 20].map((timeout) =>
    lock.acquire({ timeout }).catch(() => order.push(timeout))
  );
  const waiting: number[] = [];
  for (let i = 0; i < 3; i++) {
    time.tick(10);
    waiting.push(lock.waiting);
  }
  await Promise.all(waits);
  assertEquals(waiting, [2, 1, 0]);
  assertEquals(order, [10, 20, 30]);
});

/** A signal that is just what a wait needs, and calls its listeners. */
class PlainSignal {
  aborted = false;
  reason: unknown = undefined;
  readonly listeners = new Set<() => void>();

  addEventListener(type: string, listener: () => void): void {
    assertEquals(type, "abort");
    this.listeners.add(listener);
  }

  removeEventListener(_type: string, listener: () => void): void {
    this.listeners.delete(listener);
  }

  abort(reason: unknown): void {
    this.aborted = true;
    this.reason = reason;
    for (const listener of this.listeners) listener();
  }
}

Deno.test("a signal that is not the platform's own ends a wait", async () => {
  const lock = new Lock();
  const plain = new PlainSignal();
  const signal = plain as unknown as AbortSignal;
  const guard = await lock.acquire();
  const waits = [lock.acquire({ signal }), lock.acquire({ signal })];
  assertEquals(plain.listeners.size, 1);
  guard.release();
  plain.abort("gone");
  assertEquals(plain.listeners.size, 0);
  assertEquals((await waits[0]!).held, true);
  assertEquals(await waits[1]!.catch((reason) => reason), "gone");
  assertEquals(
    await lock.acquire({ signal }).catch((reason) => reason),
    "gone",
  );
});

Deno.test("abort of a waiter while cancel() rejects those before it wins", async () => {
  const lock = new Lock();
  lock.tryAcquire();
  const { signal } = new AbortController();
  const controller = new AbortController();
  const removed = () => controller.abort("left");
  const waits = [
    lock.acquire({
      signal: Object.assign(signal, { removeEventListener: removed }),
    }),
    lock.acquire({ signal: controller.signal }),
  ].map((wait) => wait.catch((reason) => reason));
  lock.cancel("cancelled");
  assertEquals(await Promise.all(waits), ["cancelled", "left"]);
  assertEquals(lock.waiting, 0);
});

Deno.test("a wait ends though its signal is waited with while the listener is added", async () => {
  const one = new Lock();
  const other = new Lock();
  const guards = [one.tryAcquire(), other.tryAcquire()];
  const controller = new AbortController();
  const { signal } = controller;
  const added: unknown[] = [];
  let inner;
  const addEventListener: AbortSignal["addEventListener"] = (
    ...args: unknown[]
  ) => {
    if (added.push(args) === 1) inner = other.acquire({ signal });
    Reflect.apply(EventTarget.prototype.addEventListener, signal, args);
  };
  Object.assign(signal, { addEventListener });
  const outer = one.acquire({ signal }).catch((reason) => reason);
  guards[1]!.release();
  await inner;
  const another = one.acquire({ signal }).catch((reason) => reason);
  assertEquals(added.length, 2); // it shares the listener of the outer one
  controller.abort("gone");
  assertEquals(await Promise.all([outer, another]), ["gone", "gone"]);
  assertEquals(one.waiting, 0);
});

Deno.test("release() of the same guard as it sets another free ends its hold once", async () => {
  const lock = new Lock();
  const guard = await lock.acquire();
  const controller = new AbortController();
  const { signal } = controller;
  // The lock hears of the abort only as it looks for the next one.
  signal.addEventListener("abort", () => guard.release());
  Object.assign(signal, { removeEventListener: () => guard.release() });
  const left = lock.acquire({ signal }).catch((reason) => reason);
  const next = lock.acquire();
  lock.acquire();
  controller.abort("gone");
  assertEquals(await left, "gone");
  assertEquals((await next).held, true);
  assertEquals(lock.waiting, 1);
});

// Each takes so many waiters through a lock. Deno spends time in proportion to
// the number of rejected promises that nobody handles yet, hence the catch.
const ways: Record<string, (count: number) => Promise<void>> = {
  "are granted": async (count) => {
    const lock = new Lock();
    const guard = await lock.acquire();
    const waits = Array.from(
      { length: count },
      () => lock.acquire().then((guard) => guard.release()),
    );
    guard.release();
    await Promise.all(waits);
  },
  "give up here and there": async (count) => {
    const lock = new Lock();
    await lock.acquire();
    const controllers = Array.from(
      { length: 100 },
      () => new AbortController(),
    );
    const waits = Array.from({ length: count }, (_, i) => {
      const { signal } = controllers[i % 100]!;
      return lock.acquire({ signal }).catch(() => {});
    });
    for (const controller of controllers) controller.abort("");
    await Promise.all(waits);
  },
  "give up together": async (count) => {
    const lock = new Lock();
    await lock.acquire();
    const controller = new AbortController();
    const { signal } = controller;
    const waits = Array.from(
      { length: count },
      () => lock.acquire({ signal }).catch(() => {}),
    );
    controller.abort("");
    await Promise.all(waits);
  },
};

for (const [title, wait] of Object.entries(ways)) {
  Deno.test(`100 000 waiters that ${title} cost the same each as 1 000`, async () => {
    async function milliseconds(count: number, rounds: number) {
      const start = performance.now();
      for (let i = 0; i < rounds; i++) await wait(count);
      return performance.now() - start;
    }
    // As many waits in all on either side, so that whatever else the machine
    // does slows both; the best of some rounds, as it may not do so evenly.
    let ratio = Infinity;
    for (let i = 0; i < 3 && ratio > 10; i++) {
      const few = await milliseconds(1000, 100);
      ratio = Math.min(ratio, await milliseconds(100_000, 1) / few);
    }
    // 2 or 3 for the garbage collector's sake; 100 if each walked the queue.
    assertLess(ratio, 10);
  });
}

Deno.test("a wait leaves nothing to be seen on a signal", async () => {
  const lock = new Lock();
  await lock.acquire();
  const controller = new AbortController();
  const { signal } = controller;
  signal.addEventListener("abort", () => {}); // the platform notes it there
  const before = Reflect.ownKeys(signal);
  const wait = lock.acquire({ signal }).catch((reason) => reason);
  assertEquals(Reflect.ownKeys(signal), before);
  controller.abort("gone");
  assertEquals(Reflect.ownKeys(signal), before);
  assertEquals(await wait, "gone");
});
