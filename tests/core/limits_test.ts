/**
 * How the limits of a wait work, seen through `Lock`.
 */

import { assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Lock } from "../../lock.ts";
import { settledState } from "../support/promises.ts";

/** The longest delay that a timer takes. */
const MAX_DELAY = 2 ** 31 - 1;

for (const timeout of [1, MAX_DELAY, MAX_DELAY + 5, 2 * MAX_DELAY + 5]) {
  Deno.test(`a timeout of ${timeout} ms ends then and not before`, async () => {
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

Deno.test("a timeout that is too long for one timer outlasts a short one", async () => {
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

Deno.test("the shortest timeout is over first", async () => {
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

/** A signal with only what a wait needs. */
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

Deno.test("a wait ends even if addEventListener starts another wait with the same signal", async () => {
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

Deno.test("a guard that is released again while its release() runs ends its hold once", async () => {
  const lock = new Lock();
  const guard = await lock.acquire();
  const controller = new AbortController();
  const { signal } = controller;
  // The lock notices the abort only when it looks for the next waiter.
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

Deno.test("a wait leaves no property on its signal", async () => {
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
