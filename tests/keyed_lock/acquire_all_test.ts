/**
 * Promise: `acquireAll` is all or nothing. It is granted when it is first in
 * the queues of all its keys, so no set of calls can deadlock. Duplicate keys
 * count once; no keys are granted at once; one guard frees all. When it gives
 * up, it leaves every queue and those behind it move up.
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { deadline } from "@std/async";
import { FakeTime } from "@std/testing/time";
import { KeyedLock } from "../../keyed_lock.ts";
import { countListeners } from "../support/listeners.ts";
import { settledState } from "../support/promises.ts";
import { makeRandom } from "../support/random.ts";

Deno.test("acquireAll() is granted when the last of its keys is, before release() returns", async () => {
  const lock = new KeyedLock();
  await lock.acquire("a");
  await lock.acquire("c");
  const acquired = lock.acquireAll(["a", "b", "c"]);
  lock.release("c");
  assertEquals(await settledState(acquired), "pending");
  assertEquals(lock.waiting("a"), 1);

  lock.release("a");
  assertEquals(lock.waiting("a"), 0);
  const guard = await acquired;
  assert(guard.held);
  assertEquals(lock.size, 3);
});

Deno.test("one guard of acquireAll() frees all keys, once", async () => {
  const lock = new KeyedLock();
  const guard = await lock.acquireAll(["a", "b", "c"]);
  const a = lock.acquire("a");
  const bc = lock.acquireAll(["c", "b"]);

  guard.release();
  assertEquals(guard.held, false);
  assertEquals(["a", "b", "c"].map((key) => lock.waiting(key)), [0, 0, 0]);
  guard.release();
  assert((await a).held);
  assert((await bc).held);
  assertEquals(lock.size, 3);
});

Deno.test("acquireAll() of one key does the same as acquire()", async () => {
  const lock = new KeyedLock();
  const first = await lock.acquireAll(["a"]);
  const second = lock.acquire("a");
  const third = lock.acquireAll(["a"]);
  first.release();
  assertEquals(await settledState(third), "pending");
  (await second).release();
  (await third).release();
  assertEquals(lock.size, 0);
});

Deno.test("acquireAll() takes a key once even if it is given twice", async () => {
  const lock = new KeyedLock();
  const guard = await lock.acquireAll(["a", "b", "a", "a"]);
  assertEquals(lock.size, 2);
  const waiting = lock.acquireAll(["b", "b"]);
  assertEquals(lock.waiting("b"), 1);
  guard.release();
  assertEquals([...lock.keys()], ["b"]);
  (await waiting).release();
  assertEquals(lock.size, 0);
});

Deno.test("acquireAll() of no keys is granted at once, whatever is held", async () => {
  const lock = new KeyedLock();
  using _ = await lock.acquire("a");
  for (
    const guard of [
      await lock.acquireAll([], { timeout: 0 }),
      lock.tryAcquireAll(new Set<string>()),
    ]
  ) {
    assert(guard?.held);
    assertEquals(lock.size, 1);
    guard.release();
    assertEquals(guard.held, false);
  }
});

Deno.test("at each key, acquireAll() and acquire() are served in the order of the calls", async () => {
  const lock = new KeyedLock();
  const order: Record<string, number[]> = { a: [], b: [] };
  const calls = ["a", "ba", "a", "b", "ab", "b", "a"];
  const guard = await lock.acquire("a");
  const all = calls.map((keys, i) =>
    lock.runAll([...keys], () => {
      for (const key of keys) order[key]?.push(i);
    })
  );
  guard.release();
  await Promise.all(all);
  assertEquals(order, { a: [0, 1, 2, 4, 6], b: [1, 3, 4, 5] });
});

Deno.test("acquireAll() never deadlocks, in whatever order the keys are given", async () => {
  const lock = new KeyedLock();
  const everyOrder = [["a", "b", "c"], ["c", "a", "b"], ["b", "c", "a"]];
  const order: number[] = [];
  const guard = await lock.acquire("b");
  const all = everyOrder.map((keys, i) =>
    lock.runAll(keys, async () => {
      order.push(i);
      await Promise.resolve();
    })
  );
  guard.release();
  await Promise.all(all);
  assertEquals(order, [0, 1, 2]);
});

Deno.test("fifty philosophers at a round table all eat, each with two forks", async () => {
  const SEATS = 50;
  const ROUNDS = 10;
  const random = makeRandom();
  const forks = new KeyedLock<number>();
  const inUse = new Set<number>();
  let meals = 0;

  async function dine(seat: number): Promise<void> {
    for (let round = 0; round < ROUNDS; round++) {
      const pair = [seat, (seat + 1) % SEATS];
      // In the first round all begin with the fork on the same side.
      if (round > 0 && random(2) === 0) pair.reverse();
      using _ = await forks.acquireAll(pair);
      for (const fork of pair) {
        assertEquals(inUse.has(fork), false);
        inUse.add(fork);
      }
      for (let i = random(4); i > 0; i--) await Promise.resolve();
      for (const fork of pair) inUse.delete(fork);
      meals++;
    }
  }
  const dinner = Array.from({ length: SEATS }, (_, seat) => dine(seat));
  await deadline(Promise.all(dinner), 60_000); // a deadlock should fail, not hang
  assertEquals(meals, SEATS * ROUNDS);
  assertEquals(forks.size, 0);
});

Deno.test("calls for any keys, some of which give up, exclude each other and all end", async () => {
  const KEYS = 12;
  const random = makeRandom();
  const lock = new KeyedLock<number>();
  const inUse = new Set<number>();
  let granted = 0;
  let gaveUp = 0;

  async function work(): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    const keys = Array.from({ length: random(5) }, () => random(KEYS));
    const giveUpAfter = random(60);
    const run = lock.runAll(keys, async () => {
      granted++;
      const mine = new Set(keys);
      for (const key of mine) {
        assertEquals(inUse.has(key), false);
        inUse.add(key);
      }
      for (let i = random(6); i > 0; i--) await Promise.resolve();
      for (const key of mine) inUse.delete(key);
    }, { signal });
    for (let i = 0; i < giveUpAfter; i++) await Promise.resolve();
    controller.abort("gave up");
    await run.catch((reason) => {
      assertEquals(reason, "gave up");
      gaveUp++;
    });
  }
  await Promise.all(Array.from({ length: 400 }, work));
  assert(granted > 100 && gaveUp > 100);
  assertEquals(granted + gaveUp, 400);
  assertEquals(lock.size, 0);
});

const everyGiveUp = [
  ["abort", "Enough"],
  ["timeout", "TimeoutError"],
  ["cancel() of a key that it waits for", "AbortError"],
  ["cancel() of a key that is reserved for it", "AbortError"],
] as const;

for (const [way, name] of everyGiveUp) {
  Deno.test(`acquireAll() leaves every queue at ${way}, and those behind move up`, async () => {
    using time = new FakeTime();
    const controller = new AbortController();
    const { signal } = controller;
    const lock = new KeyedLock();
    const keys = ["held", "reserved", "wanted", "busy"];
    const look = () =>
      keys.map((key) => [key, lock.isLocked(key), lock.waiting(key)]);

    await lock.acquire("held");
    await lock.acquire("busy");
    const wait = lock.acquireAll(keys, { signal, timeout: 10 });
    const wanted = lock.acquireAll(["more", "wanted"]);
    const busy = lock.acquire("busy");
    assertEquals(look(), [
      ["held", true, 1],
      ["reserved", true, 1],
      ["wanted", true, 2],
      ["busy", true, 2],
    ]);

    ({
      "abort": () => controller.abort(new DOMException("Enough", "Enough")),
      "timeout": () => time.tick(10),
      "cancel() of a key that it waits for": () => lock.cancel("held"),
      "cancel() of a key that is reserved for it": () =>
        lock.cancel("reserved"),
    })[way]();
    assertEquals(look(), [
      ["held", true, 0],
      ["reserved", false, 0],
      ["wanted", true, 0],
      ["busy", true, 1],
    ]);
    const error = await assertRejects(() => wait, DOMException);
    assertEquals(error.name, name);
    assert((await wanted).held);

    lock.release("busy");
    assert((await busy).held);
    lock.release("held");
    assertEquals([...lock.keys()], ["busy", "wanted", "more"]);
  });
}

Deno.test("acquireAll() that gives up hands on a key that was reserved for it", async () => {
  const lock = new KeyedLock();
  const controller = new AbortController();
  await lock.acquireAll(["a", "b", "c"]);
  const { signal } = controller;
  const wait = lock.acquireAll(["a", "b", "c"], { signal });
  const behind = lock.acquire("b");
  lock.release("a");
  lock.release("b");
  assertEquals(await settledState(behind), "pending");
  controller.abort(new Error("Enough"));
  assertEquals([...lock.keys()], ["b", "c"]);
  assert((await behind).held);
  await assertRejects(() => wait, Error, "Enough");
});

Deno.test("acquireAll() that gives up in the middle of each queue keeps the order of the others", async () => {
  const lock = new KeyedLock();
  const controller = new AbortController();
  const { signal } = controller;
  const order: number[] = [];
  const guard = await lock.acquireAll(["a", "b"]);
  const first = lock.runAll(["a", "b"], () => order.push(1));
  const aborted = lock.acquireAll(["b", "a"], { signal });
  const last = lock.runAll(["b", "a"], () => order.push(2));
  controller.abort();
  assertEquals([lock.waiting("a"), lock.waiting("b")], [2, 2]);
  guard.release();
  await Promise.all([first, last]);
  assertEquals(order, [1, 2]);
  await assertRejects(() => aborted, DOMException);
});

Deno.test("an abort after the last grant of acquireAll() in the same tick comes too late", async () => {
  const lock = new KeyedLock();
  const controller = new AbortController();
  await lock.acquireAll(["a", "b"]);
  const wait = lock.acquireAll(["a", "b"], { signal: controller.signal });
  lock.release("a");
  lock.release("b");
  controller.abort();
  const guard = await wait;
  assert(guard.held);
  assertEquals(lock.size, 2);
});

Deno.test("a release() that follows an abort in the same tick does not grant acquireAll()", async () => {
  const lock = new KeyedLock();
  const controller = new AbortController();
  const { signal } = controller;
  await lock.acquireAll(["a", "b"]);
  lock.release("a");
  // Runs before the lock's own listener.
  signal.addEventListener("abort", () => lock.release("b"));
  const wait = lock.acquireAll(["a", "b"], { signal });
  const behind = lock.acquire("a");
  controller.abort(new Error("Enough"));
  assertEquals([...lock.keys()], ["a"]);
  await assertRejects(() => wait, Error, "Enough");
  assert((await behind).held);
});

Deno.test("acquireAll() with a timeout of 0 takes free keys; if one is held, it changes nothing", async () => {
  const lock = new KeyedLock();
  using guard = await lock.acquireAll(["a", "b"], { timeout: 0 });
  assert(guard.held);
  const rejected = lock.acquireAll(["b", "c"], { timeout: 0 });
  assertEquals([...lock.keys()], ["a", "b"]);
  assertEquals(lock.waiting("b"), 0);
  const error = await assertRejects(() => rejected, DOMException);
  assertEquals(error.name, "TimeoutError");
});

Deno.test("acquireAll() with an aborted signal takes nothing, even of no keys", async () => {
  const lock = new KeyedLock();
  const signal = AbortSignal.abort(new Error("Enough"));
  for (const keys of [["a", "b"], []]) {
    const rejected = lock.acquireAll(keys, { signal });
    assertEquals(lock.size, 0);
    await assertRejects(() => rejected, Error, "Enough");
  }
});

Deno.test("acquireAll() takes nothing if the keys' iteration throws half-way", async () => {
  const lock = new KeyedLock();
  await lock.acquire("b");
  function* keys() {
    yield "a";
    yield "b";
    throw new Error("No more keys");
  }
  const rejected = lock.acquireAll(keys());
  assertEquals([...lock.keys()], ["b"]);
  assertEquals(lock.waiting("b"), 0);
  await assertRejects(() => rejected, Error, "No more keys");
});

Deno.test("acquireAll() takes nothing if the signal is aborted while the keys are read", async () => {
  const lock = new KeyedLock();
  const controller = new AbortController();
  function* keys() {
    yield "a";
    controller.abort(new Error("Enough"));
    yield "b";
  }
  const rejected = lock.acquireAll(keys(), { signal: controller.signal });
  assertEquals(lock.size, 0);
  await assertRejects(() => rejected, Error, "Enough");
});

Deno.test("acquireAll() looks whether keys are free after it has read them all", async () => {
  const lock = new KeyedLock();
  await lock.acquire("b");
  function* keys() {
    yield "a";
    lock.tryAcquire("a");
    yield "b";
    lock.release("b");
  }
  const acquired = lock.acquireAll(keys());
  assertEquals([lock.waiting("a"), lock.waiting("b")], [1, 1]);
  lock.release("a");
  assert((await acquired).held);
});

Deno.test("acquireAll() reads the keys once, and does not notice later changes", async () => {
  const lock = new KeyedLock();
  let reads = 0;
  function* generate() {
    reads++;
    yield* ["a", "b"];
  }
  const guard = await lock.acquireAll(generate());
  const keys = ["a", "b"];
  const waiting = lock.acquireAll(keys);
  keys.push("c");
  guard.release();
  await waiting;
  assertEquals([...lock.keys()], ["a", "b"]);
  assertEquals(reads, 1);
});

const everySignal: [string, (shared: AbortSignal) => AbortSignal][] = [
  ["one signal", (shared) => shared],
  ["a signal each, of one origin", (shared) => AbortSignal.any([shared])],
];

for (const [title, signalOf] of everySignal) {
  Deno.test(`10 000 calls in a chain with ${title} all leave at its abort`, async () => {
    const LENGTH = 10_000;
    const lock = new KeyedLock<number>();
    const controller = new AbortController();
    const guard = await lock.acquire(LENGTH);
    // Each stands first at its own key and second at the next.
    const chain = Array.from({ length: LENGTH }, (_, i) => {
      const key = LENGTH - i - 1;
      const signal = signalOf(controller.signal);
      return lock.acquireAll([key, key + 1], { signal });
    });
    const behind = lock.acquireAll([0, -1]);
    assertEquals(lock.size, LENGTH + 2);

    const rejected = Promise.allSettled(chain);
    controller.abort("enough");
    assertEquals([...lock.keys()], [LENGTH, 0, -1]);
    for (const result of await rejected) {
      assertEquals(result.status === "rejected" && result.reason, "enough");
    }
    guard.release();
    (await behind).release();
    assertEquals(lock.size, 0);
  });
}

Deno.test("10 000 calls in a chain are granted one after the other", async () => {
  const LENGTH = 10_000;
  const lock = new KeyedLock<number>();
  const guard = await lock.acquire(LENGTH);
  let granted = 0;
  const chain = Array.from({ length: LENGTH }, (_, i) => {
    const key = LENGTH - i - 1;
    return lock.runAll([key, key + 1], () => assertEquals(granted++, i));
  });
  guard.release();
  await Promise.all(chain);
  assertEquals(granted, LENGTH);
  assertEquals(lock.size, 0);
});

Deno.test("acquireAll() adds one listener to its signal and removes it, whichever way it ends", async () => {
  const lock = new KeyedLock();
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = countListeners(signal);
  const guard = await lock.acquireAll(["a", "b"], { signal });
  assertEquals(listeners, { added: 0, removed: 0 });

  const granted = lock.acquireAll(["b", "a"], { signal });
  assertEquals(listeners, { added: 1, removed: 0 });
  guard.release();
  assertEquals(listeners, { added: 1, removed: 1 });

  const cancelled = lock.acquireAll(["a", "c"], { signal });
  lock.cancel("c");
  assertEquals(listeners, { added: 2, removed: 2 });

  const aborted = lock.acquireAll(["a", "c"], { signal });
  controller.abort();
  assertEquals(listeners, { added: 3, removed: 3 });
  (await granted).release();
  await assertRejects(() => cancelled, DOMException);
  await assertRejects(() => aborted, DOMException);
});
