/**
 * Promise: first come, first served. `release()` hands the lock to the
 * longest waiter before it returns; the lock never looks free in between, and
 * no newcomer gets in before that waiter.
 */

import { assert, assertEquals } from "@std/assert";
import { Lock, type LockGuard } from "../../lock.ts";
import { settledState } from "../support/promises.ts";

Deno.test("acquire() grants in the order of the calls", async () => {
  const lock = new Lock();
  const order: number[] = [];
  const enter = async (id: number) => {
    const guard = await lock.acquire();
    order.push(id);
    return guard;
  };

  const first = await enter(0);
  const second = enter(1);
  const third = enter(2);
  assertEquals(await settledState(second), "pending");
  assertEquals(order, [0]);

  first.release();
  assertEquals(await settledState(third), "pending");
  assertEquals(order, [0, 1]);

  const fourth = enter(3); // comes while others wait
  (await second).release();
  (await third).release();
  (await fourth).release();
  assertEquals(order, [0, 1, 2, 3]);
});

Deno.test("all ways to wait share one queue", async () => {
  const lock = new Lock();
  const order: string[] = [];
  const { signal } = new AbortController();
  const guard = await lock.acquire();
  const enter = (way: string) => (guard: LockGuard) => {
    order.push(way);
    guard.release();
  };
  const all = [
    lock.acquire({ signal }).then(enter("signal")),
    lock.run(() => order.push("run")),
    lock.acquire().then(enter("bare")),
    lock.run(() => order.push("run with limits"), { signal, timeout: 60_000 }),
    lock.acquire({ timeout: 60_000 }).then(enter("timeout")),
  ];
  guard.release();
  await Promise.all(all);
  assertEquals(order, ["signal", "run", "bare", "run with limits", "timeout"]);
});

const everyRelease: [string, (lock: Lock, guard: LockGuard) => void][] = [
  ["Lock.release()", (lock) => lock.release()],
  ["LockGuard.release()", (_, guard) => guard.release()],
  ["LockGuard[Symbol.dispose]()", (_, guard) => guard[Symbol.dispose]()],
  ["LockGuard[Symbol.asyncDispose]()", (_, guard) => {
    guard[Symbol.asyncDispose]();
  }],
];

for (const [title, release] of everyRelease) {
  Deno.test(`${title} hands the lock on before it returns`, async () => {
    const lock = new Lock();
    const guard = await lock.acquire();
    const second = lock.acquire();
    const third = lock.acquire();

    release(lock, guard);
    assert(lock.locked);
    assertEquals(lock.waiting, 1);
    assertEquals(lock.tryAcquire(), undefined);
    const newcomer = lock.acquire();
    assertEquals(lock.waiting, 2);

    assertEquals(await settledState(third), "pending");
    (await second).release();
    assertEquals(await settledState(newcomer), "pending");
    (await third).release();
    assert((await newcomer).held);
  });

  Deno.test(`${title} frees the lock before it returns if nobody waits`, async () => {
    const lock = new Lock();
    const guard = await lock.acquire();
    release(lock, guard);
    assertEquals(lock.locked, false);
  });
}

Deno.test("a lock that is handed on looks held in every microtask until the waiter goes on", async () => {
  const lock = new Lock();
  const guard = await lock.acquire();
  const next = lock.acquire();
  const seen: boolean[] = [];
  queueMicrotask(() => seen.push(lock.locked));
  guard.release();
  queueMicrotask(() => seen.push(lock.locked));
  await next.then(() => seen.push(lock.locked));
  assertEquals(seen, [true, true, true]);
});

Deno.test("a holder that releases and acquires again goes behind the waiters", async () => {
  const lock = new Lock();
  const order: string[] = [];
  const task = async (name: string) => {
    for (let i = 0; i < 3; i++) {
      using _ = await lock.acquire();
      order.push(name);
    }
  };
  await Promise.all([task("a"), task("b")]);
  assertEquals(order, ["a", "b", "a", "b", "a", "b"]);
});

Deno.test("acquire() in a finally block waits for its turn like any other call", async () => {
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
