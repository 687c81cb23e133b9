/**
 * Promise: `run(fn)` starts `fn` at once if the lock is free, else when its turn
 * comes. What `fn` returns or throws, synchronously or not, is the outcome,
 * and the lock is free before the returned promise settles.
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Lock } from "../../lock.ts";
import { drainMicrotasks, settledState } from "../support/promises.ts";
import { thenable } from "../support/thenable.ts";

for (const options of [undefined, { timeout: 10 }]) {
  const call = options ? "run() with limits" : "run()";

  Deno.test(`${call} starts fn before it returns if the lock is free`, async () => {
    const lock = new Lock();
    let lockedInside;
    const running = lock.run(() => lockedInside = lock.locked, options);
    assertEquals(lockedInside, true);
    assertEquals(lock.locked, false);
    await running;
  });

  Deno.test(`${call} starts fn when its turn comes`, async () => {
    const lock = new Lock();
    const guard = await lock.acquire();
    const first = lock.acquire();
    const called: boolean[] = [];
    const running = lock.run(() => called.push(lock.locked), options);
    guard.release();
    await drainMicrotasks();
    assertEquals(called, []);
    (await first).release();
    await running;
    assertEquals(called, [true]);
  });
}

const value = { of: "fn" };
const error = new Error("Thrown by fn");

const gives: Record<string, () => unknown> = {
  "returns a value": () => value,
  "returns a promise": () => Promise.resolve(value),
  "is an async function": async () => {
    await drainMicrotasks();
    return value;
  },
  "returns a thenable": () => thenable((resolve) => resolve(value)),
  "returns a function with a then method": () =>
    Object.assign(() => {}, thenable((resolve) => resolve(value))),
  "returns a thenable that gives a promise": () =>
    thenable((resolve) => resolve(Promise.resolve(value))),
  "returns a thenable that calls back twice": () =>
    thenable((resolve, reject) => {
      resolve(value);
      resolve(error);
      reject(error);
    }),
  "returns a thenable that throws after it has given a value": () =>
    thenable((resolve) => {
      resolve(value);
      throw error;
    }),
};

const fails: Record<string, () => unknown> = {
  "throws": () => {
    throw error;
  },
  "returns a promise that is rejected": () => Promise.reject(error),
  "is an async function that throws": async () => {
    await drainMicrotasks();
    throw error;
  },
  "returns a thenable that rejects": () =>
    thenable((_, reject) => reject(error)),
  "returns a thenable that throws": () =>
    thenable(() => {
      throw error;
    }),
  "returns an object whose then cannot be read": () => ({
    get then() {
      throw error;
    },
  }),
};

const everyFn = [
  ...Object.entries(gives).map(([title, fn]) => [title, fn, value] as const),
  ...Object.entries(fails).map(([title, fn]) => [title, fn, error] as const),
];

for (const [title, fn, outcome] of everyFn) {
  for (const state of ["free", "held"]) {
    Deno.test(`run() with a ${state} lock settles as fn does if fn ${title}`, async () => {
      const lock = new Lock();
      const guard = state === "held" ? await lock.acquire() : undefined;
      const end = lock.run(fn).then(
        (value) => ({ outcome: value, fails: false, locked: lock.locked }),
        (error) => ({ outcome: error, fails: true, locked: lock.locked }),
      );
      guard?.release();
      const result = await end;
      assertEquals(result.fails, outcome === error);
      assertStrictEquals(result.outcome, outcome);
      assertEquals(result.locked, false);
    });
  }
}

for (const value of [undefined, null, 0, "text", Symbol("s"), { then: 5 }]) {
  Deno.test(`run() gives ${Deno.inspect(value)} as it is`, async () => {
    assertStrictEquals(await new Lock().run(() => value), value);
  });
}

Deno.test("run() holds the lock until what fn returns settles", async () => {
  const lock = new Lock();
  const { promise, resolve } = Promise.withResolvers<void>();
  const running = lock.run(() => promise);
  const next = lock.acquire();
  assertEquals(await settledState(running), "pending");
  assertEquals(lock.waiting, 1);
  resolve();
  await running;
  assertEquals((await next).held, true);
});

const makeResult = { object: () => ({}), function: () => () => {} };

for (const [kind, make] of Object.entries(makeResult)) {
  Deno.test(`run() reads then of the ${kind} that fn returns once and calls it inside`, async () => {
    const lock = new Lock();
    const calls: string[] = [];
    const result = Object.defineProperty(make(), "then", {
      get() {
        calls.push(`read, ${lock.locked}`);
        return (resolve: (value: string) => void) => {
          calls.push(`called, ${lock.locked}`);
          resolve("done");
        };
      },
    });
    assertEquals(await lock.run<unknown>(() => result), "done");
    assertEquals(calls, ["read, true", "called, true"]);
  });
}

Deno.test("run() does not end the next hold if fn frees the lock", async () => {
  const lock = new Lock();
  const running = lock.run(async () => {
    lock.release();
    await drainMicrotasks();
    throw error;
  });
  const next = await lock.acquire();
  await assertRejects(() => running, Error, error.message);
  assertEquals(next.held, true);

  const behind = lock.run(() => lock.release());
  const last = lock.acquire();
  next.release();
  await behind;
  assertEquals((await last).held, true);
});

for (const end of ["abort", "timeout", "cancel"] as const) {
  Deno.test(`run() does not call fn if its wait ends by ${end}`, async () => {
    using time = new FakeTime();
    const lock = new Lock();
    const controller = new AbortController();
    const ends = {
      abort: () => controller.abort(error),
      timeout: () => time.tick(10),
      cancel: () => lock.cancel(error),
    };
    const guard = await lock.acquire();
    let called = false;
    const running = lock.run(() => called = true, {
      signal: controller.signal,
      timeout: 10,
    });
    ends[end]();
    await assertRejects(
      () => running,
      end === "timeout" ? DOMException : Error,
      end === "timeout" ? "within 10 ms" : error.message,
    );
    guard.release();
    assertEquals(lock.locked, false);
    assertEquals(called, false);
  });
}

Deno.test("run() lets 20 000 synchronous functions through one after the other", async () => {
  const lock = new Lock();
  const guard = await lock.acquire();
  let calls = 0;
  const running = Array.from(
    { length: 20_000 },
    (_, i) => lock.run(() => assertEquals(calls++, i)),
  );
  guard.release();
  await Promise.all(running);
  assertEquals(calls, 20_000);
  assertEquals(lock.locked, false);
});

Deno.test("run() does not start if its hold has been released by hand before", async () => {
  const lock = new Lock();
  const guard = await lock.acquire();
  let started = 0;
  const first = lock.run(() => started++);
  const second = lock.run(() => started++);
  guard.release();
  lock.release(); // of the first one's hold, which has just begun
  await assertRejects(() => first, Error, "Cannot run");
  assertEquals([await second, started], [0, 1]);
  assertEquals(lock.locked, false);
});

Deno.test("run() that had to wait starts fn in its caller's async context", async () => {
  const request = new AsyncLocalStorage<string>();
  const lock = new Lock();
  const guard = await request.run("one", () => lock.acquire());
  const seen = ["two", "three"].map((name) =>
    request.run(name, () => lock.run(() => request.getStore()))
  );
  request.run("one", () => guard.release());
  assertEquals(await Promise.all(seen), ["two", "three"]);
});

for (const [title, hold] of [["free", false], ["held", true]] as const) {
  Deno.test(`run() of a ${title} lock frees it as soon as a synchronous fn returns`, async () => {
    const lock = new Lock();
    const guard = hold ? await lock.acquire() : undefined;
    let lockedAfter;
    const running = lock.run(() => {
      queueMicrotask(() => lockedAfter = lock.locked);
    });
    guard?.release();
    await running;
    assertEquals(lockedAfter, false);
  });
}
