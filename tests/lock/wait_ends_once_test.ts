/**
 * Promise: a wait ends exactly once, in the same tick as its cause. Of two
 * causes in one tick the first wins. A waiter that left never gets the lock.
 */

import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Lock } from "../../lock.ts";
import { settledState } from "../support/promises.ts";

/** What ends a wait, if anything does. */
async function endOf(wait: Promise<unknown>): Promise<string> {
  if (await settledState(wait) === "pending") return "none";
  return wait.then(() => "release", (error) => error.name);
}

// Two causes in one tick, what ends a wait that has both of them as limits, and
// what ends the wait behind it, which has none.
const ties = [
  ["release", "abort", "release", "none"],
  ["release", "timeout", "release", "none"],
  ["release", "cancel", "release", "cancel"],
  ["abort", "release", "abort", "release"],
  ["abort", "abort", "abort", "none"],
  ["abort", "timeout", "abort", "none"],
  ["abort", "cancel", "abort", "cancel"],
  ["timeout", "release", "TimeoutError", "release"],
  ["timeout", "abort", "TimeoutError", "none"],
  ["timeout", "cancel", "TimeoutError", "cancel"],
  ["cancel", "release", "cancel", "cancel"],
  ["cancel", "abort", "cancel", "cancel"],
  ["cancel", "timeout", "cancel", "cancel"],
  ["cancel", "cancel", "cancel", "cancel"],
] as const;

for (const [first, second, end, endBehind] of ties) {
  Deno.test(`${first}, then ${second} in the same tick: the first wins`, async () => {
    using time = new FakeTime();
    const lock = new Lock();
    const controller = new AbortController();
    const causes = {
      release: () => lock.release(),
      abort: () => controller.abort({ name: "abort" }),
      timeout: () => time.tick(10),
      cancel: () => lock.cancel({ name: "cancel" }),
    };
    await lock.acquire();
    const wait = lock.acquire({ signal: controller.signal, timeout: 10 });
    const behind = lock.acquire();

    causes[first]();
    causes[second]();
    assertEquals(lock.waiting, endBehind === "none" ? 1 : 0);
    const isFree = first === "cancel" && second === "release";
    assertEquals(lock.locked, !isFree);
    const ends = await Promise.all([endOf(wait), endOf(behind)]);
    assertEquals(ends, [end, endBehind]);
  });
}

for (const leaver of [0, 1, 2]) {
  Deno.test(`abort of waiter ${leaver + 1} of 3 leaves the others in order`, async () => {
    const lock = new Lock();
    await lock.acquire();
    const controllers = [0, 1, 2].map(() => new AbortController());
    const order: number[] = [];
    const waits = controllers.map(({ signal }, id) =>
      lock.acquire({ signal }).then((guard) => {
        order.push(id);
        guard.release();
      })
    );

    controllers[leaver]!.abort();
    assertEquals(lock.waiting, 2);
    lock.release();
    const results = await Promise.allSettled(waits);
    assertEquals(order, [0, 1, 2].filter((id) => id !== leaver));
    assertEquals(results[leaver]!.status, "rejected");
    assertEquals(lock.locked, false);
  });
}

Deno.test("abort of all waiters rejects them in order", async () => {
  const lock = new Lock();
  const controller = new AbortController();
  await lock.acquire();
  const order: number[] = [];
  const waits = [0, 1, 2].map((id) =>
    lock.acquire({ signal: controller.signal }).catch(() => order.push(id))
  );
  controller.abort();
  await Promise.all(waits);
  assertEquals(order, [0, 1, 2]);
});

Deno.test("when the only waiter has given up, release() frees the lock", async () => {
  const lock = new Lock();
  const controller = new AbortController();
  const guard = await lock.acquire();
  const wait = lock.acquire({ signal: controller.signal });
  controller.abort();
  await assertRejects(() => wait, DOMException, "aborted");
  assert(guard.held);
  guard.release();
  assertEquals(lock.locked, false);
});

Deno.test("abort rejects in the next microtask", async () => {
  const lock = new Lock();
  const controller = new AbortController();
  await lock.acquire();
  const order: string[] = [];
  const wait = lock.acquire({ signal: controller.signal })
    .catch(() => order.push("rejected"));
  controller.abort();
  await Promise.all([wait, Promise.resolve().then(() => order.push("next"))]);
  assertEquals(order, ["rejected", "next"]);
});

// Listeners of one signal run one after the other. If the first of them releases
// the lock, the signal is already aborted, but the lock's listener has not run.
for (const registered of ["before", "after"]) {
  Deno.test(`release() in a listener added ${registered} the wait does not grant an aborted wait`, async () => {
    const lock = new Lock();
    const controller = new AbortController();
    const { signal } = controller;
    const other = new AbortController();
    await lock.acquire();
    const release = () => {
      lock.release();
      assertEquals(lock.waiting, 0);
    };

    if (registered === "before") signal.addEventListener("abort", release);
    const aborted = [lock.acquire({ signal }), lock.acquire({ signal })];
    const next = lock.acquire({ signal: other.signal });
    if (registered === "after") signal.addEventListener("abort", release);
    controller.abort({ name: "abort" });
    other.abort(); // comes after the grant

    const ends = await Promise.all([...aborted, next].map(endOf));
    assertEquals(ends, ["abort", "abort", "release"]);
  });
}

Deno.test("release() in an abort listener frees the lock if all waits are aborted", async () => {
  const lock = new Lock();
  const controller = new AbortController();
  const { signal } = controller;
  await lock.acquire();
  signal.addEventListener("abort", () => {
    lock.release();
    assertEquals(lock.locked, false);
  });
  const waits = [1, 2, 3].map(() => lock.acquire({ signal }));
  controller.abort({ name: "abort" });
  assertEquals(await Promise.all(waits.map(endOf)), [
    "abort",
    "abort",
    "abort",
  ]);
});

Deno.test("cancel() in an abort listener does not change the reason of the aborted waits", async () => {
  const lock = new Lock();
  const controller = new AbortController();
  const { signal } = controller;
  await lock.acquire();
  signal.addEventListener("abort", () => lock.cancel({ name: "cancel" }));
  const waits = [lock.acquire({ signal }), lock.acquire()];
  controller.abort({ name: "abort" });
  assertEquals(await Promise.all(waits.map(endOf)), ["abort", "cancel"]);
});

Deno.test("abort() in a continuation of the grant comes too late", async () => {
  const lock = new Lock();
  const controller = new AbortController();
  const guard = await lock.acquire();
  const wait = lock.acquire({ signal: controller.signal });
  queueMicrotask(() => controller.abort()); // runs before the waiter goes on
  guard.release();
  assert((await wait).held);
});

Deno.test("AbortSignal.any() ends a wait with the reason of its source", async () => {
  const lock = new Lock();
  const controller = new AbortController();
  await lock.acquire();
  controller.signal.addEventListener("abort", () => lock.release());
  const signal = AbortSignal.any([controller.signal]);
  const wait = lock.acquire({ signal });
  controller.abort(new Error("The client has gone"));
  await assertRejects(() => wait, Error, "The client has gone");
  assertEquals(lock.locked, false);
});

Deno.test("AbortSignal.timeout() ends a wait with its own error", async () => {
  const lock = new Lock();
  await lock.acquire();
  const signal = AbortSignal.timeout(1);
  const wait = lock.acquire({ signal });
  const error = await assertRejects(() => wait);
  assertStrictEquals(error, signal.reason);
  assertEquals(lock.waiting, 0);
});
