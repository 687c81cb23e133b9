/** What a call that fails says, and where its stack leads. */

import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { RwLock } from "../../rw_lock.ts";
import { messageOf, testStacks } from "../support/errors.ts";

for (
  const [name, label] of [
    [undefined, "read-write lock"],
    ["config", 'read-write lock "config"'],
    ['a "b"', 'read-write lock "a \\"b\\""'],
  ] as const
) {
  Deno.test(`errors of a read-write lock named ${name} say what could not be done, then the state`, async () => {
    using time = new FakeTime();
    const lock = new RwLock({ name });
    const reader = await lock.read.acquire();
    const readerToo = await lock.read.acquire();
    const byReaders = messageOf(lock.write.run(() => {}, { timeout: 0 }));
    const writer = lock.write.acquire();
    const read = messageOf(lock.read.acquire({ timeout: 10 }));
    time.tick(10);
    reader.release();
    const byReader = messageOf(lock.write.acquire({ timeout: 0 }));
    readerToo.release();
    const byWriter = messageOf(lock.read.run(() => {}, { timeout: 1.5 }));
    const cancelled = messageOf(lock.read.acquire());
    time.tick(2);
    lock.cancel();
    assertEquals(
      await Promise.all([byReaders, read, byReader, byWriter, cancelled]),
      [
        `TimeoutError: Cannot acquire ${label} for writing within 0 ms: held by 2 readers, 0 waiting`,
        `TimeoutError: Cannot acquire ${label} for reading within 10 ms: held by a writer, 0 waiting`,
        `TimeoutError: Cannot acquire ${label} for writing within 0 ms: held by 1 reader, 1 waiting`,
        `TimeoutError: Cannot acquire ${label} for reading within 1.5 ms: held by a writer, 0 waiting`,
        `AbortError: Cannot acquire ${label}: the wait was cancelled`,
      ],
    );
    assertEquals((await writer).held, true);
  });
}

testStacks(async () => {
  const lock = new RwLock();
  await lock.read.acquire();
  return lock;
}, {
  "downgrade()": (lock) => lock.downgrade(lock.read.tryAcquire()!),
  "acquire() without time": (lock) => lock.write.acquire({ timeout: 0 }),
  "acquire() that takes too long": (lock) => lock.write.acquire({ timeout: 1 }),
  "cancel()": (lock) => {
    const wait = lock.write.acquire();
    lock.cancel();
    return wait;
  },
});
