/** What a call that fails says, and where its stack leads. */

import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Semaphore } from "../../semaphore.ts";
import { messageOf, testStacks } from "../support/errors.ts";

for (
  const [name, label] of [
    [undefined, "semaphore"],
    ["db", 'semaphore "db"'],
    ['a "b"', 'semaphore "a \\"b\\""'],
  ] as const
) {
  Deno.test(`errors of a semaphore named ${name} say what could not be done, then the state`, async () => {
    using time = new FakeTime();
    const semaphore = new Semaphore(5, { name });
    await semaphore.acquire({ permits: 3 });
    const waits = [
      messageOf(semaphore.acquire({ permits: 4, timeout: 10 })),
      messageOf(semaphore.acquire({ timeout: 10 })),
      messageOf(semaphore.run(() => {}, { permits: 5, timeout: 1.5 })),
    ];
    time.tick(10);
    const cancelled = [
      messageOf(semaphore.acquire({ permits: 5 })),
      messageOf(semaphore.acquire()),
    ];
    semaphore.cancel();
    semaphore.resize(1);
    const zero = semaphore.acquire({ timeout: 0 });
    assertEquals(await Promise.all([...waits, ...cancelled]), [
      `TimeoutError: Cannot acquire 4 permits of ${label} within 10 ms: 0 of 1 free, 0 waiting`,
      undefined,
      `TimeoutError: Cannot acquire 5 permits of ${label} within 1.5 ms: 0 of 1 free, 0 waiting`,
      `AbortError: Cannot acquire ${label}: the wait was cancelled`,
      `AbortError: Cannot acquire ${label}: the wait was cancelled`,
    ]);
    assertEquals(
      await messageOf(zero),
      `TimeoutError: Cannot acquire ${label} within 0 ms: 0 of 1 free, 0 waiting`,
    );
  });
}

testStacks(async () => {
  const semaphore = new Semaphore(1);
  await semaphore.acquire();
  return semaphore;
}, {
  "new Semaphore(0)": () => new Semaphore(0),
  "resize(0)": (semaphore) => semaphore.resize(0),
  "tryAcquire(2)": (semaphore) => semaphore.tryAcquire(2),
  "acquire() of too many": (semaphore) => semaphore.acquire({ permits: 2 }),
  "acquire() without time": (semaphore) => semaphore.acquire({ timeout: 0 }),
  "acquire() that takes too long": (semaphore) =>
    semaphore.acquire({ timeout: 1 }),
  "cancel()": (semaphore) => {
    const wait = semaphore.acquire();
    semaphore.cancel();
    return wait;
  },
});
