/**
 * `waitFor()`: its limits are for the whole call. A predicate that is true at
 * once beats an aborted signal; one that throws leaves the lock held.
 */

import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { makeHeld } from "../support/condition.ts";
import { countListeners } from "../support/listeners.ts";
import { reasonOf, settledState } from "../support/promises.ts";

/** A call whose predicate says what `isReady` is, and that counts its calls. */
function makeCall(options?: { signal?: AbortSignal; timeout?: number }) {
  const held = makeHeld();
  const { condition, lock, guard } = held;
  const predicate = { isReady: false, calls: 0, wasHeld: true };
  const call = condition.waitFor(guard, () => {
    predicate.calls++;
    predicate.wasHeld &&= guard.held;
    return predicate.isReady;
  }, options);
  /** Notifies, and resolves when the waiter has looked. */
  async function notify(): Promise<void> {
    const other = await lock.acquire();
    condition.notify();
    other.release();
    await settledState(call);
  }
  return { ...held, call, predicate, notify };
}

Deno.test("waitFor() calls its predicate before it returns, and frees nothing if it is true", async () => {
  const { condition, lock, guard } = makeHeld();
  const next = lock.acquire();
  let calls = 0;
  const call = condition.waitFor(guard, () => ++calls === 1);
  assertEquals([calls, guard.held, condition.waiting], [1, true, 0]);
  await call;
  assertEquals(await settledState(next), "pending");
});

Deno.test("waitFor() goes on waiting until the predicate is true", async () => {
  const { condition, guard, call, predicate, notify } = makeCall();
  for (let calls = 1; calls <= 3; calls++) {
    assertEquals([predicate.calls, condition.waiting], [calls, 1]);
    assertEquals(await settledState(call), "pending");
    await notify();
  }
  predicate.isReady = true;
  await notify();
  await call;
  assertEquals(predicate, { isReady: true, calls: 5, wasHeld: true });
  assertEquals(guard.held, true);
});

Deno.test("a predicate that is true at once beats an aborted signal and timeout 0", async () => {
  const { condition, guard } = makeHeld();
  const signal = AbortSignal.abort();
  await condition.waitFor(guard, () => true, { signal, timeout: 0 });
  assertEquals(guard.held, true);
});

Deno.test("a predicate that is false with an aborted signal rejects and frees nothing", async () => {
  const { condition, guard } = makeHeld();
  const reason = { why: "gone" };
  const signal = AbortSignal.abort(reason);
  const call = condition.waitFor(guard, () => false, { signal, timeout: 10 });
  assertEquals([guard.held, condition.waiting], [true, 0]);
  assertStrictEquals(await reasonOf(call), reason);
});

Deno.test("a predicate that is false with timeout 0 rejects and frees nothing", async () => {
  const { condition, guard } = makeHeld();
  const call = condition.waitFor(guard, () => false, { timeout: 0 });
  assertEquals([guard.held, condition.waiting], [true, 0]);
  await assertRejects(() => call, DOMException, "within 0 ms");
});

for (const throwsAt of [1, 2]) {
  Deno.test(`a predicate that throws at call ${throwsAt} leaves the lock held`, async () => {
    const { condition, lock, guard } = makeHeld();
    const error = new Error("Not today");
    let calls = 0;
    const call = condition.waitFor(guard, () => {
      if (++calls === throwsAt) throw error;
      return false;
    });
    if (throwsAt === 2) {
      const other = await lock.acquire();
      condition.notify();
      other.release();
    }
    assertStrictEquals(await reasonOf(call), error);
    assertEquals([guard.held, condition.waiting], [true, 0]);
  });
}

for (
  const [title, result] of [
    ["a promise", Promise.resolve(true)],
    ["a thenable", { then: () => {} }],
  ] as const
) {
  Deno.test(`a predicate that returns ${title} is refused`, async () => {
    const { condition, guard } = makeHeld();
    const predicate = (() => result) as unknown as () => boolean;
    await assertRejects(
      () => condition.waitFor(guard, predicate),
      TypeError,
      'Cannot wait for condition of lock "db": ' +
        "predicate must be a function that returns a boolean, not a promise",
    );
    assertEquals(guard.held, true);
  });
}

Deno.test("the timeout of waitFor() is for the whole call, and takes one timer", async () => {
  using time = new FakeTime();
  let timers = 0;
  const { setTimeout } = globalThis;
  Object.assign(globalThis, {
    setTimeout: (...args: Parameters<typeof setTimeout>) => {
      timers++;
      return setTimeout(...args);
    },
  });
  const { guard, call, notify } = makeCall({ timeout: 30 });
  for (let i = 0; i < 2; i++) {
    time.tick(10);
    await notify();
    assertEquals(await settledState(call), "pending");
  }
  time.tick(9);
  assertEquals(await settledState(call), "pending");
  time.tick(1);
  const error = await assertRejects(() => call, DOMException);
  assertEquals(error.name, "TimeoutError");
  assertEquals(
    error.message,
    'Cannot wait for condition of lock "db" within 30 ms: ' +
      "still not notified, 0 waiting",
  );
  assertEquals([guard.held, time.next(), timers], [true, false, 1]);
});

Deno.test("a timeout longer than timers take is over then and not before", async () => {
  using time = new FakeTime();
  const timeout = 2 ** 31 + 5;
  const { call } = makeCall({ timeout });
  time.tick(timeout - 1);
  assertEquals(await settledState(call), "pending");
  time.tick(1);
  await assertRejects(() => call, DOMException, `within ${timeout} ms`);
});

for (const isReady of [true, false]) {
  Deno.test(`a timeout while a notified waitFor() waits for the lock: the predicate ${isReady} decides`, async () => {
    using time = new FakeTime();
    const { condition, lock, guard, call, predicate } = makeCall({
      timeout: 10,
    });
    const other = await lock.acquire();
    condition.notify();
    time.tick(10);
    predicate.isReady = isReady;
    assertEquals(await settledState(call), "pending");
    other.release();
    if (isReady) await call;
    else await assertRejects(() => call, DOMException, "within 10 ms");
    assertEquals([predicate.calls, guard.held], [2, true]);
    assertEquals(condition.waiting, 0);
  });

  Deno.test(`an abort while a notified waitFor() waits for the lock: the predicate ${isReady} decides`, async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const { condition, lock, guard, call, predicate } = makeCall({ signal });
    const other = await lock.acquire();
    condition.notify();
    controller.abort("gone");
    predicate.isReady = isReady;
    other.release();
    if (isReady) await call;
    else assertEquals(await reasonOf(call), "gone");
    assertEquals([predicate.calls, guard.held], [2, true]);
    assertEquals(condition.waiting, 0);
  });
}

for (const first of ["abort", "timeout"]) {
  Deno.test(`${first} first, while a notified waitFor() waits for the lock: its reason counts`, async () => {
    using time = new FakeTime();
    const controller = new AbortController();
    const { signal } = controller;
    const { condition, lock, call } = makeCall({ signal, timeout: 10 });
    const other = await lock.acquire();
    condition.notify();
    const limits = [
      () => controller.abort({ name: "abort" }),
      () => time.tick(10),
    ];
    if (first === "timeout") limits.reverse();
    for (const reach of limits) reach();
    other.release();
    const { name } = await reasonOf(call) as Error;
    assertEquals(name, first === "abort" ? "abort" : "TimeoutError");
  });
}

for (const end of ["abort", "timeout", "cancel"] as const) {
  Deno.test(`${end} of waitFor() does not call the predicate again`, async () => {
    using time = new FakeTime();
    const controller = new AbortController();
    const { signal } = controller;
    const { condition, guard, call, predicate } = makeCall({
      signal,
      timeout: 10,
    });
    predicate.isReady = true;
    if (end === "abort") controller.abort();
    else if (end === "timeout") time.tick(10);
    else condition.cancel();
    assertEquals(guard.held, true);
    assertEquals(await settledState(call), "rejected");
    assertEquals([predicate.calls, guard.held], [1, true]);
  });
}

Deno.test("waitFor() leaves no listener and no timer, whichever way it ends", async () => {
  using time = new FakeTime();
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = countListeners(signal);
  const { call, predicate, notify } = makeCall({ signal, timeout: 10 });
  await notify();
  assertEquals(listeners, { added: 2, removed: 1 });
  predicate.isReady = true;
  await notify();
  await call;
  assertEquals(listeners, { added: 2, removed: 2 });
  assertEquals(time.next(), false);
});

Deno.test("a predicate that is true at once adds no listener and no timer", async () => {
  using time = new FakeTime();
  const { signal } = new AbortController();
  const listeners = countListeners(signal);
  const { condition, guard } = makeHeld();
  const call = condition.waitFor(guard, () => true, { signal, timeout: 10 });
  assertEquals([listeners.added, time.next()], [0, false]);
  await call;
});

Deno.test("a predicate that releases the lock makes waitFor() reject", async () => {
  const { condition, guard } = makeHeld();
  const call = condition.waitFor(guard, () => {
    guard.release();
    return false;
  });
  await assertRejects(() => call, Error, "the guard does not hold the lock");
  assertEquals(condition.waiting, 0);
});
