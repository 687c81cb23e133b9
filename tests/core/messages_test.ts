/** What error messages say about keys and names, however long those are. */

import { assertEquals, assertLess } from "@std/assert";
import { KeyedLock, Lock, once } from "../../mod.ts";
import { reasonOf } from "../support/promises.ts";

const LONG = "x".repeat(2_000_000);

const messages: Record<string, () => Promise<unknown> | unknown> = {
  "the timeout of a lock with a long name"() {
    const lock = new Lock({ name: LONG });
    lock.tryAcquire();
    return lock.acquire({ timeout: 0 });
  },
  "release() of a lock with a long name": () =>
    new Lock({ name: LONG }).release(),
  "cancel() of a lock with a long name"() {
    const lock = new Lock({ name: LONG });
    lock.tryAcquire();
    const wait = lock.acquire();
    lock.cancel();
    return wait;
  },
  "the timeout of a long key": () => timeoutOf(LONG),
  "the timeout of a symbol": () => timeoutOf(Symbol(LONG)),
  "the timeout of a large bigint": () => timeoutOf(10n ** 5000n),
  "the timeout of several long keys"() {
    const lock = new KeyedLock({ name: LONG });
    const keys = Array.from({ length: 10 }, (_, i) => LONG + i);
    lock.tryAcquire(keys[0]!);
    return lock.acquireAll(keys, { timeout: 0 });
  },
  "release() of a long key": () => new KeyedLock().release(LONG),
  "a long option": () => new Lock().acquire({ [LONG]: 1 } as never),
  "a long name": () => new Lock({ name: [LONG] as never }),
  "a long string for options": () => new Lock().acquire(LONG as never),
  "a long string for keys": () => new KeyedLock().acquireAll(LONG as never),
  "a long string for a function": () => new Lock().run(LONG as never),
  "a once function with a long name"() {
    const fn = Object.defineProperty(() => 42, "name", { value: LONG });
    return once(fn)({ timeout: 0 });
  },
};

function timeoutOf(key: unknown): Promise<unknown> {
  const lock = new KeyedLock<unknown>();
  lock.tryAcquire(key);
  return lock.acquire(key, { timeout: 0 });
}

for (const [title, fail] of Object.entries(messages)) {
  Deno.test(`the message of ${title} is short`, async () => {
    const { message } = await reasonOf((async () => await fail())()) as Error;
    assertLess(message.length, 600);
  });
}

Deno.test("a long key is shown by its start and its length", async () => {
  const error = await reasonOf(timeoutOf(LONG)) as Error;
  assertEquals(
    error.message,
    `Cannot acquire key "${"x".repeat(60)}"… (2000000 characters) ` +
      "within 0 ms: still held, 0 waiting",
  );
});

Deno.test("a key of 60 characters is shown as it is", async () => {
  const key = "x".repeat(60);
  const error = await reasonOf(timeoutOf(key)) as Error;
  assertEquals(
    error.message,
    `Cannot acquire key "${key}" within 0 ms: still held, 0 waiting`,
  );
});

Deno.test("run() and runAll() say so if only a function is given", async () => {
  const lock = new KeyedLock<unknown>({ name: "users" });
  const fn = () => 42;
  for (const options of [undefined, { timeout: 1 }]) {
    for (
      const [call, usage] of [
        [lock.run(fn as never, options as never), "run(key, fn)"],
        [lock.runAll(fn as never, options as never), "runAll(keys, fn)"],
      ] as const
    ) {
      const error = await reasonOf(call) as Error;
      assertEquals(error instanceof TypeError, true);
      assertEquals(
        error.message,
        'Cannot run with keyed lock "users": no key was passed, ' +
          `call ${usage}`,
      );
    }
  }
  assertEquals(await lock.run(fn, fn), 42); // a function is a key, too
});

Deno.test("acquireAll() with a timeout of 0 counts who waits for its keys", async () => {
  const lock = new KeyedLock();
  for (const key of ["a", "b", "c"]) lock.tryAcquire(key);
  for (const key of ["a", "b", "b", "c"]) lock.acquire(key);
  const error = await reasonOf(lock.acquireAll(["a", "b"], { timeout: 0 }));
  assertEquals(
    (error as Error).message,
    'Cannot acquire keys "a", "b" within 0 ms: still held, 3 waiting',
  );
});
