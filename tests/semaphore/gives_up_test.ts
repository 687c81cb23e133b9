/**
 * Promise: when a request at the front gives up, everyone behind it who now
 * fits gets in, in order, in the same tick.
 */

import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Semaphore } from "../../semaphore.ts";
import { countListeners } from "../support/listeners.ts";
import { drainMicrotasks } from "../support/promises.ts";

for (const end of ["abort", "timeout"] as const) {
  Deno.test(`${end} of a large request at the front lets in all who now fit`, async () => {
    using time = new FakeTime();
    const semaphore = new Semaphore(4);
    await semaphore.acquire();
    const controller = new AbortController();
    const { signal } = controller;
    const order: string[] = [];
    const limits = end === "abort" ? { signal } : { timeout: 10 };
    semaphore.acquire({ permits: 4, ...limits })
      .catch(({ name }) => order.push(name));
    for (const [name, permits] of [["a", 1], ["b", 2], ["c", 1]] as const) {
      semaphore.acquire({ permits }).then(() => order.push(name));
    }
    if (end === "abort") controller.abort({ name: "abort" });
    else time.tick(10);
    assertEquals([semaphore.available, semaphore.waiting], [0, 1]);
    await drainMicrotasks();
    // A wait with a timeout settles one microtask later.
    const expected = end === "abort"
      ? ["abort", "a", "b"]
      : ["a", "b", "TimeoutError"];
    assertEquals(order, expected);
  });
}

Deno.test("a request in the middle that gives up lets nobody past the front", async () => {
  const semaphore = new Semaphore(3);
  const guard = await semaphore.acquire({ permits: 2 });
  const controller = new AbortController();
  const { signal } = controller;
  const order: string[] = [];
  const front = semaphore.acquire({ permits: 3 }).then((guard) => {
    order.push("front");
    guard.release();
  });
  semaphore.acquire({ permits: 2, signal }).catch((gone) => order.push(gone));
  const last = semaphore.acquire().then(() => order.push("last"));
  controller.abort("gone");
  assertEquals([semaphore.available, semaphore.waiting], [1, 2]);
  guard.release();
  await Promise.all([front, last]);
  assertEquals(order, ["gone", "front", "last"]);
});

Deno.test("20 000 large requests that leave by one signal let in those behind", async () => {
  const COUNT = 20_000;
  const semaphore = new Semaphore(2);
  await semaphore.acquire();
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = countListeners(signal);
  let left = 0;
  for (let i = 0; i < COUNT; i++) {
    semaphore.acquire({ permits: 2, signal }).catch(() => left++);
  }
  const last = semaphore.acquire();
  assertEquals(semaphore.waiting, COUNT + 1);
  controller.abort();
  assertEquals([semaphore.available, semaphore.waiting], [0, 0]);
  assertEquals(listeners, { added: 1, removed: 1 });
  assertEquals((await last).held, true);
  assertEquals(left, COUNT);
});

// Listeners of one signal run one after the other: when the first of them
// releases, the signal is aborted and the waits do not know yet.
Deno.test("a release in an abort listener lets in nobody who is aborted", async () => {
  const semaphore = new Semaphore(2);
  const guard = await semaphore.acquire({ permits: 2 });
  const controller = new AbortController();
  const { signal } = controller;
  signal.addEventListener("abort", () => {
    guard.release();
    assertEquals([semaphore.available, semaphore.waiting], [0, 0]);
  });
  const aborted = [
    semaphore.acquire({ signal }),
    semaphore.acquire({ permits: 2, signal }),
  ];
  const patient = semaphore.acquire({ permits: 2 });
  controller.abort("gone");
  const reasons = aborted.map((wait) => wait.catch((reason) => reason));
  assertEquals(await Promise.all(reasons), ["gone", "gone"]);
  assertEquals((await patient).held, true);
});

for (
  const [first, second, expected] of [
    ["release", "abort", "granted"],
    ["abort", "release", "gone"],
    ["resize", "abort", "granted"],
    ["abort", "resize", "gone"],
    ["resize", "cancel", "granted"],
    ["cancel", "resize", "cancelled"],
  ] as const
) {
  Deno.test(`${first}, then ${second} in the same tick: the first wins`, async () => {
    const semaphore = new Semaphore(2);
    const guard = await semaphore.acquire();
    const controller = new AbortController();
    const { signal } = controller;
    const wait = semaphore.acquire({ permits: 2, signal }).then(
      () => "granted",
      (reason) => reason,
    );
    const causes = {
      release: () => guard.release(),
      abort: () => controller.abort("gone"),
      resize: () => semaphore.resize(3),
      cancel: () => semaphore.cancel("cancelled"),
    };
    causes[first]();
    causes[second]();
    assertEquals(semaphore.waiting, 0);
    assertEquals(await wait, expected);
  });
}
