/** What a call that fails rejects with, and what it says. */

import { assertEquals, assertStrictEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Lock } from "../../lock.ts";
import { messageOf, testStacks } from "../support/errors.ts";
import { countUnhandled } from "../support/unhandled.ts";

for (
  const reason of [
    new Error("The client has gone"),
    new DOMException("Timed out", "TimeoutError"),
    "gone",
    null,
    0,
    undefined, // the platform makes an AbortError of it
  ]
) {
  Deno.test(`acquire() rejects with the signal's reason ${reason}`, async () => {
    const lock = new Lock();
    const controller = new AbortController();
    const { signal } = controller;
    await lock.acquire();
    const calls: Promise<unknown>[] = [
      lock.acquire({ signal }),
      lock.run(() => {}, { signal, timeout: 60_000 }),
    ];
    controller.abort(reason);
    const reasons = calls.map((call) => call.catch((error) => error));
    for (const error of await Promise.all(reasons)) {
      assertStrictEquals(error, signal.reason);
    }
  });
}

for (
  const [name, label] of [
    [undefined, "lock"],
    ["db", 'lock "db"'],
    ['a "b"', 'lock "a \\"b\\""'],
  ] as const
) {
  Deno.test(`errors of a lock named ${name} say what could not be done, then the state`, async () => {
    using time = new FakeTime();
    const lock = new Lock({ name });
    assertEquals(
      await messageOf(Promise.try(() => lock.release())),
      `Error: Cannot release ${label}: it is not held`,
    );
    await lock.acquire();
    assertEquals(
      await messageOf(lock.acquire({ timeout: 0 })),
      `TimeoutError: Cannot acquire ${label} within 0 ms: still held, 0 waiting`,
    );
    const others = [lock.acquire(), lock.acquire()];
    const late = messageOf(lock.run(() => {}, { timeout: 1.5 }));
    time.tick(2);
    assertEquals(
      await late,
      `TimeoutError: Cannot acquire ${label} within 1.5 ms: still held, 2 waiting`,
    );
    lock.cancel();
    assertEquals(
      await Promise.all(others.map(messageOf)),
      others.map(() =>
        `AbortError: Cannot acquire ${label}: the wait was cancelled`
      ),
    );
  });
}

testStacks(async () => {
  const lock = new Lock();
  await lock.acquire();
  return lock;
}, {
  "release()": (lock) => {
    lock.release();
    lock.release();
  },
  "acquire() with a bad option": (lock) => lock.acquire({ timeout: -1 }),
  "acquire() without time": (lock) => lock.acquire({ timeout: 0 }),
  "acquire() that takes too long": (lock) => lock.acquire({ timeout: 1 }),
  "run() that takes too long": (lock) => lock.run(() => {}, { timeout: 1 }),
  "cancel()": (lock) => {
    const wait = lock.acquire();
    lock.cancel();
    return wait;
  },
});

Deno.test("a call that fails rejects its own promise and no other", async () => {
  using time = new FakeTime();
  const lock = new Lock();
  const controller = new AbortController();
  const { signal } = controller;
  await lock.acquire();
  const count = await countUnhandled(async () => {
    const everyOptions = [
      { timeout: -1 },
      { timeout: 0 },
      { timeout: 10 },
      { signal },
      { signal, timeout: 20 },
      {},
    ];
    const calls = everyOptions.flatMap((options) => [
      lock.acquire(options),
      lock.run(() => {}, options),
    ]);
    const results = Promise.allSettled<unknown>(calls);
    time.tick(10);
    controller.abort();
    lock.cancel();
    for (const { status } of await results) assertEquals(status, "rejected");
    const thrown = lock.run(() => Promise.reject(new Error("Thrown by fn")));
    lock.release();
    await Promise.allSettled([thrown]);
  });
  assertEquals(count, 0);
});

Deno.test("a run that fails is reported as unhandled if its promise is forgotten", async () => {
  const lock = new Lock();
  const count = await countUnhandled(() => {
    lock.run(() => Promise.reject(new Error("Thrown by fn")));
  });
  assertEquals(count, 1);
});
