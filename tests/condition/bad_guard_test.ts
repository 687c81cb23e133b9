/**
 * A guard that is stale, or of something else, is refused with an `Error`,
 * something else than a guard with a `TypeError`, and nothing changes.
 */

import { assertEquals, assertRejects } from "@std/assert";
import { KeyedLock, Lock, LockGuard } from "../../mod.ts";
import { makeHeld, makeWaiting } from "../support/condition.ts";

const FAILURE = 'Cannot wait for condition of lock "db"';

for (const method of ["wait", "waitFor"] as const) {
  /** The call; its predicate must not be called. */
  const call = (
    { condition }: Pick<ReturnType<typeof makeHeld>, "condition">,
    guard: LockGuard,
    options?: { signal: AbortSignal },
  ): Promise<void> =>
    method === "wait"
      ? condition.wait(guard, options)
      : condition.waitFor(guard, () => {
        throw new Error("The predicate was called");
      }, options);

  Deno.test(`${method}() refuses a guard that does not hold the lock`, async () => {
    const subject = makeHeld();
    const { condition, lock, guard } = subject;
    guard.release();
    const stale = `${FAILURE}: the guard does not hold the lock`;
    await assertRejects(() => call(subject, guard), Error, stale);
    using holder = await lock.acquire();
    await assertRejects(() => call(subject, guard), Error, stale);
    lock.release();
    await assertRejects(() => call(subject, holder), Error, stale);
    Object.defineProperty(holder, "held", { value: true });
    await assertRejects(() => call(subject, holder), Error, stale);
    assertEquals([condition.waiting, lock.locked], [0, false]);
  });

  Deno.test(`${method}() refuses a guard that waits already`, async () => {
    const waiting = makeWaiting();
    const { condition, guard, other } = waiting;
    await assertRejects(() => call(waiting, guard), Error, "not hold the lock");
    assertEquals([condition.waiting, other.held], [1, true]);
  });

  Deno.test(`${method}() refuses a guard of something else`, async () => {
    const subject = makeHeld();
    const keys = new KeyedLock();
    using ofLock = await new Lock().acquire();
    using ofKey = await keys.acquire("a");
    using ofKeys = await keys.acquireAll(["b", "c"]);
    for (const guard of [ofLock, ofKey, ofKeys]) {
      await assertRejects(
        () => call(subject, guard),
        Error,
        `${FAILURE}: the guard belongs to another lock`,
      );
      assertEquals(guard.held, true);
    }
    const { condition, guard } = subject;
    assertEquals([condition.waiting, guard.held], [0, true]);
  });

  Deno.test(`${method}() refuses what only looks like a guard`, async () => {
    const subject = makeHeld();
    const { lock, guard } = subject;
    const fakes = [
      Object.create(LockGuard.prototype),
      { held: true, release() {} },
      new Proxy(guard, {}),
      lock,
    ];
    for (const fake of fakes) {
      await assertRejects(
        () => call(subject, fake),
        TypeError,
        `${FAILURE}: guard must be a LockGuard, got an object`,
      );
    }
    assertEquals(guard.held, true);
  });

  Deno.test(`${method}() refuses a bad guard before an aborted signal`, async () => {
    const subject = makeHeld();
    subject.guard.release();
    const signal = AbortSignal.abort("gone");
    await assertRejects(
      () => call(subject, subject.guard, { signal }),
      Error,
      "not hold the lock",
    );
  });

  Deno.test(`${method}() refuses a guard that is released while it is called`, async () => {
    const subject = makeHeld();
    const { condition, guard } = subject;
    const options = {
      get signal() {
        guard.release();
        return new AbortController().signal;
      },
    };
    await assertRejects(
      () => call(subject, guard, options),
      Error,
      "not hold the lock",
    );
    assertEquals(condition.waiting, 0);
  });
}

Deno.test("wait() refuses a guard that a signal releases as it is looked at", async () => {
  const { condition, guard } = makeHeld();
  const { signal } = new AbortController();
  let looks = 0;
  Object.defineProperty(signal, "aborted", {
    get() {
      if (++looks === 2) guard.release(); // first it is asked for its type
      return false;
    },
  });
  await assertRejects(
    () => condition.wait(guard, { signal }),
    Error,
    "not hold the lock",
  );
  assertEquals(condition.waiting, 0);
});
