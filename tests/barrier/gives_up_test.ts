/**
 * A party that gives up leaves, and the barrier needs as many as before. One
 * whose signal is aborted has left, even if its listener has not run yet.
 */

import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Barrier } from "../../barrier.ts";
import { reasonOf, settledState } from "../support/promises.ts";

for (
  const [place, leaver] of [["first", 0], ["middle", 1], ["last", 2]] as const
) {
  Deno.test(`abort of the ${place} of three parties leaves a place for another`, async () => {
    const barrier = new Barrier(4);
    const controller = new AbortController();
    const waits = [0, 1, 2].map((id) =>
      barrier.wait(id === leaver ? { signal: controller.signal } : undefined)
    );
    controller.abort("gone");
    assertEquals(barrier.waiting, 2);
    assertEquals(await reasonOf(waits[leaver]!), "gone");
    const late = barrier.wait();
    assertEquals(barrier.waiting, 3);
    const others = waits.filter((_, id) => id !== leaver);
    const all = [...others, late, barrier.wait()];
    assertEquals(await Promise.all(all), [0, 1, 2, 3]);
  });
}

for (const leavers of [[0], [1], [2], [0, 1], [1, 2], [0, 1, 2]]) {
  Deno.test(`the last party does not count those who have not heard of their abort: ${leavers}`, async () => {
    const barrier = new Barrier(4);
    const controller = new AbortController();
    const { signal } = controller;
    let last: Promise<number> | undefined;
    // It is there before the barrier's own listener, and so is called first.
    signal.addEventListener("abort", () => {
      last = barrier.wait();
      assertEquals(barrier.waiting, 4 - leavers.length);
    });
    const waits = [0, 1, 2].map((id) =>
      barrier.wait(leavers.includes(id) ? { signal } : undefined)
    );
    controller.abort("gone");
    for (const leaver of leavers) {
      assertEquals(await reasonOf(waits[leaver]!), "gone");
    }
    assertEquals(await settledState(last!), "pending");
    const more = leavers.map(() => barrier.wait());
    const others = waits.filter((_, id) => !leavers.includes(id));
    assertEquals(await Promise.all([...others, last, ...more]), [0, 1, 2, 3]);
  });
}

Deno.test("abort after the last party has arrived changes nothing", async () => {
  const barrier = new Barrier(2);
  const controller = new AbortController();
  const first = barrier.wait({ signal: controller.signal });
  const last = barrier.wait();
  controller.abort();
  assertEquals(await Promise.all([first, last]), [0, 1]);
});

Deno.test("an aborted signal rejects the last party too, and lets nobody through", async () => {
  const barrier = new Barrier(2);
  const first = barrier.wait();
  const reason = { why: "gone" };
  const last = barrier.wait({ signal: AbortSignal.abort(reason) });
  assertEquals(barrier.waiting, 1);
  assertStrictEquals(await reasonOf(last), reason);
  assertEquals(await settledState(first), "pending");
  assertEquals(await barrier.wait(), 1);
});

for (
  const [options, type] of [
    [undefined, "barrier"],
    [{ name: "halfway" }, 'barrier "halfway"'],
  ] as const
) {
  Deno.test(`a timeout at a ${type} says how it stands`, async () => {
    using time = new FakeTime();
    const barrier = new Barrier(3, options);
    const other = barrier.wait();
    const wait = barrier.wait({ timeout: 50 });
    time.tick(50);
    assertEquals(barrier.waiting, 1);
    const error = await assertRejects(() => wait, DOMException);
    assertEquals(error.name, "TimeoutError");
    assertEquals(
      error.message,
      `Cannot pass ${type} within 50 ms: 3 parties needed, 1 waiting`,
    );
    assertEquals(await settledState(other), "pending");
  });
}

Deno.test("timeout 0 rejects at once if others are missing", async () => {
  const barrier = new Barrier(2);
  const wait = barrier.wait({ timeout: 0 });
  assertEquals(barrier.waiting, 0);
  await assertRejects(
    () => wait,
    DOMException,
    "Cannot pass barrier within 0 ms: 2 parties needed, 0 waiting",
  );
});

Deno.test("whoever comes while an aborted party leaves is counted", async () => {
  const barrier = new Barrier(3);
  const controller = new AbortController();
  const { signal } = controller;
  let last: Promise<number> | undefined;
  let late: Promise<number> | undefined;
  signal.addEventListener("abort", () => last = barrier.wait());
  // Called as the last party has the first one leave.
  const removeEventListener = () => void (late ??= barrier.wait());
  const first = barrier.wait({
    signal: Object.assign(signal, { removeEventListener }),
  });
  const second = barrier.wait();
  controller.abort("gone");
  assertEquals(await reasonOf(first), "gone");
  assertEquals(await Promise.all([second, late, last]), [0, 1, 2]);
});

Deno.test("the last party lets through all whom it has counted", async () => {
  const barrier = new Barrier(4);
  const controller = new AbortController();
  const { signal } = controller;
  const foreign = Object.assign(new EventTarget(), { aborted: false });
  let last: Promise<number> | undefined;
  signal.addEventListener("abort", () => last = barrier.wait());
  const first = barrier.wait();
  const second = barrier.wait({ signal: foreign as AbortSignal });
  // Called as the last party has the third one leave: the second is aborted only
  // then, and another one takes the place of the third.
  let late: Promise<number> | undefined;
  const removeEventListener = () => {
    foreign.aborted = true;
    late ??= barrier.wait();
  };
  const third = barrier.wait({
    signal: Object.assign(signal, { removeEventListener }),
  });
  controller.abort("gone");
  assertEquals(await reasonOf(third), "gone");
  const all = [first, second, late, last];
  assertEquals(await Promise.all(all), [0, 1, 2, 3]);
});

Deno.test("a barrier that breaks while an aborted party leaves rejects the last one", async () => {
  const barrier = new Barrier(2);
  const controller = new AbortController();
  const { signal } = controller;
  let last: Promise<number> | undefined;
  signal.addEventListener("abort", () => last = barrier.wait());
  const removeEventListener = () => barrier.abort("broken");
  const first = barrier.wait({
    signal: Object.assign(signal, { removeEventListener }),
  });
  controller.abort("gone");
  assertEquals(await reasonOf(first), "gone");
  assertEquals(await reasonOf(last!), "broken");
  assertEquals(barrier.waiting, 0);
});

Deno.test("a wait leaves no listener and no timer, whichever way it ends", async () => {
  using time = new FakeTime();
  const barrier = new Barrier(2);
  const ends: ((controller: AbortController) => unknown)[] = [
    () => barrier.wait(),
    (controller) => controller.abort(),
    () => barrier.reset(),
    () => barrier.abort(),
  ];
  for (const end of ends) {
    const controller = new AbortController();
    const { signal } = controller;
    const removed: string[] = [];
    const removeEventListener = (type: string) => void removed.push(type);
    Object.assign(signal, { removeEventListener });
    const wait = barrier.wait({ signal, timeout: 10 });
    end(controller);
    await Promise.allSettled([wait]);
    assertEquals(removed, ["abort"]);
    assertEquals(time.next(), false);
  }
});
