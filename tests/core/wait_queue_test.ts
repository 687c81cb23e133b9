/** The wait queue, tested through the smallest possible primitive. */

import { assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Counter } from "../support/counter.ts";
import { drainMicrotasks } from "../support/promises.ts";

/** Notes in which order waits end, and how. */
function journal() {
  const entries: string[] = [];
  return {
    entries,
    note(name: string, wait: Promise<unknown>) {
      wait.then(
        () => entries.push(name),
        (reason) => entries.push(`${name}: ${reason}`),
      );
    },
  };
}

Deno.test("a large request at the front is not overtaken by small ones", async () => {
  const counter = new Counter(3);
  await counter.take(2);
  const { entries, note } = journal();
  note("three", counter.take(3));
  note("one", counter.take(1));
  await drainMicrotasks();
  assertEquals(entries, []);
  assertEquals(counter.free, 1);
  counter.give(2);
  await drainMicrotasks();
  assertEquals(entries, ["three"]);
  counter.give(3);
  await drainMicrotasks();
  assertEquals(entries, ["three", "one"]);
});

Deno.test("one grant lets in as many as fit, in order, in the same tick", async () => {
  const counter = new Counter(4);
  await counter.take(4);
  const { entries, note } = journal();
  for (const units of [1, 2, 2, 1]) note(`${units}`, counter.take(units));
  counter.give(4);
  assertEquals(counter.free, 1);
  assertEquals(counter.waiting, 2);
  await drainMicrotasks();
  assertEquals(entries, ["1", "2"]);
});

Deno.test("a large request at the front that gives up lets in all who now fit", async () => {
  const counter = new Counter(3);
  await counter.take(1);
  const controller = new AbortController();
  const { entries, note } = journal();
  note("three", counter.take(3, { signal: controller.signal }));
  for (const name of ["a", "b", "c"]) note(name, counter.take());
  controller.abort("gone");
  assertEquals(counter.free, 0);
  assertEquals(counter.waiting, 1);
  await drainMicrotasks();
  assertEquals(entries, ["three: gone", "a", "b"]);
});

Deno.test("a large request at the front that times out lets in all who now fit", async () => {
  using time = new FakeTime();
  const counter = new Counter(3);
  await counter.take(1);
  const wait = counter.take(3, { timeout: 10 });
  const small = [counter.take(), counter.take()];
  time.tick(10);
  assertEquals(counter.free, 0);
  await assertRejects(
    () => wait,
    DOMException,
    "Cannot take within 10 ms: 0 free, 0 waiting",
  );
  await Promise.all(small);
});

for (const signals of [1, 2]) {
  Deno.test(`200 000 waiters, of which every other one leaves by ${signals} signal(s)`, async () => {
    const COUNT = 200_000;
    const counter = new Counter(1);
    await counter.take();
    const controllers = Array.from(
      { length: signals },
      () => new AbortController(),
    );
    let granted = 0;
    let left = 0;
    for (let i = 0; i < COUNT; i++) {
      const controller = controllers[i % 2 === 0 ? 0 : signals - 1]!;
      const leaves = i % 2 === 0;
      const wait = leaves
        ? counter.take(2, { signal: controller.signal })
        : counter.take();
      wait.then((units) => {
        granted++;
        counter.give(units);
      }, () => left++);
    }
    controllers[0]!.abort("gone");
    counter.give(1);
    await drainMicrotasks();
    assertEquals({ granted, left }, { granted: COUNT / 2, left: COUNT / 2 });
    assertEquals(counter.waiting, 0);
    assertEquals(counter.free, 1);
  });
}

Deno.test("5 000 aborted waiters that have not heard of it are evicted in one grant", async () => {
  const counter = new Counter(1);
  await counter.take();
  const controller = new AbortController();
  const { signal } = controller;
  // It is there before the queue's own listener, and so is called before it.
  signal.addEventListener("abort", () => counter.give(1));
  const waits = Array.from(
    { length: 5000 },
    () => counter.take(1, { signal }).catch((reason) => reason),
  );
  const last = counter.take();
  controller.abort("gone");
  assertEquals(counter.waiting, 0);
  assertEquals(await last, 1);
  assertEquals(new Set(await Promise.all(waits)), new Set(["gone"]));
});

Deno.test("a call from inside the grant loop joins it", async () => {
  const counter = new Counter(2);
  await counter.take(2);
  const { signal } = new AbortController();
  // Called as the first waiter is granted: two more units are free by then.
  const removeEventListener = () => {
    counter.give(1);
    counter.give(1);
  };
  const { entries, note } = journal();
  note(
    "first",
    counter.take(2, { signal: Object.assign(signal, { removeEventListener }) }),
  );
  note("second", counter.take(1));
  note("third", counter.take(1));
  counter.give(2);
  assertEquals(counter.free, 0);
  await drainMicrotasks();
  assertEquals(entries, ["first", "second", "third"]);
});

for (
  const [tie, expected] of [
    ["abort wins", ["a", "b: gone", "c: gone"]],
    ["outcome wins", ["a", "b", "c"]],
  ] as const
) {
  Deno.test(`if the ${tie}, grantAll() decides so even before the abort listener has run`, async () => {
    const counter = new Counter(0);
    const controller = new AbortController();
    const { signal } = controller;
    signal.addEventListener("abort", () => counter.giveAll(tie));
    const { entries, note } = journal();
    note("a", counter.take());
    note("b", counter.take(1, { signal }));
    note("c", counter.take(1, { signal }));
    controller.abort("gone");
    assertEquals(counter.waiting, 0);
    await drainMicrotasks();
    assertEquals(entries, [...expected]);
  });
}

for (
  const [tie, expected] of [
    ["abort wins", ["cancelled", "gone"]],
    ["outcome wins", ["cancelled", "cancelled"]],
  ] as const
) {
  Deno.test(`if the ${tie}, rejectAll() decides so even before the abort listener has run`, async () => {
    const counter = new Counter(0);
    const controller = new AbortController();
    const { signal } = controller;
    signal.addEventListener(
      "abort",
      () => counter.cancel(() => "cancelled", tie),
    );
    const waits = [counter.take(), counter.take(1, { signal })]
      .map((wait) => wait.catch((reason) => reason));
    controller.abort("gone");
    assertEquals(await Promise.all(waits), [...expected]);
  });
}

Deno.test("rejectAll() asks for each reason when all have left", async () => {
  const counter = new Counter(0);
  const waits = [counter.take(), counter.take(2)];
  let asked = 0;
  counter.cancel(() => {
    assertEquals(counter.waiting, 0);
    return ++asked;
  }, "abort wins");
  assertEquals(await Promise.allSettled(waits), [
    { status: "rejected", reason: 1 },
    { status: "rejected", reason: 2 },
  ]);
});

Deno.test("a waiter that comes while grantAll() runs is not in its snapshot", async () => {
  const counter = new Counter(0);
  const { signal } = new AbortController();
  let late: Promise<number> | undefined;
  const removeEventListener = () => void (late ??= counter.take());
  const wait = counter.take(1, {
    signal: Object.assign(signal, { removeEventListener }),
  });
  counter.giveAll("abort wins");
  assertEquals(await wait, 0);
  assertEquals(counter.waiting, 1);
  counter.giveAll("abort wins");
  assertEquals(await late, 0);
});

Deno.test("grantFirst() grants to the longest waiters, and passes over the aborted", async () => {
  const counter = new Counter(0);
  const controller = new AbortController();
  const { signal } = controller;
  // It is there before the queue's own listener, and so is called before it.
  signal.addEventListener("abort", () => {
    counter.giveFirst(2);
    assertEquals(counter.waiting, 1);
  });
  const waits = [
    counter.take(),
    counter.take(1, { signal }),
    counter.take(2),
    counter.take(),
  ].map((wait) => wait.catch((reason) => reason));
  counter.giveFirst(0);
  assertEquals(counter.waiting, 4);
  controller.abort("gone");
  counter.giveFirst(5);
  assertEquals(counter.waiting, 0);
  assertEquals(await Promise.all(waits), [0, "gone", 1, 0]);
});

Deno.test("evictAllAborted() evicts those in the middle too", async () => {
  const counter = new Counter(0);
  const controller = new AbortController();
  const { signal } = controller;
  signal.addEventListener("abort", () => {
    counter.evictAllAborted();
    assertEquals(counter.waiting, 2);
  });
  const limits = [undefined, { signal }, undefined, { signal }];
  const waits = limits.map((options) =>
    counter.take(1, options).catch((reason) => reason)
  );
  controller.abort("gone");
  counter.giveAll("abort wins");
  assertEquals(await Promise.all(waits), [0, "gone", 1, "gone"]);
});
