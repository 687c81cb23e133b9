/**
 * `abort()` breaks the barrier: everyone who waits, and everyone who comes until
 * `reset()`, is rejected. `reset()` rejects those who wait with an `AbortError`
 * and mends it.
 */

import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { Barrier } from "../../barrier.ts";
import {
  drainMicrotasks,
  reasonOf,
  settledState,
} from "../support/promises.ts";

Deno.test("abort() rejects who waits, in order, and who comes", async () => {
  const barrier = new Barrier(3);
  const order: string[] = [];
  const note = (name: string) =>
    barrier.wait().catch((reason) => order.push(`${name}: ${reason}`));
  note("a");
  note("b");
  barrier.abort("failed");
  assertEquals([barrier.waiting, barrier.broken], [0, true]);
  note("c");
  note("d");
  assertEquals(barrier.waiting, 0);
  await drainMicrotasks();
  assertEquals(order, ["a: failed", "b: failed", "c: failed", "d: failed"]);
});

Deno.test("abort() breaks a barrier at which nobody waits", async () => {
  const barrier = new Barrier(1);
  const reason = { why: "failed" };
  barrier.abort(reason);
  assertStrictEquals(await reasonOf(barrier.wait()), reason);
});

Deno.test("abort() without a reason gives each an AbortError of its own", async () => {
  const barrier = new Barrier(3, { name: "halfway" });
  const waits = [barrier.wait(), barrier.wait()];
  barrier.abort();
  waits.push(barrier.wait());
  const errors = await Promise.all(waits.map(reasonOf)) as Error[];
  assertEquals(new Set(errors).size, 3);
  for (const { name, message } of errors) {
    assertEquals(name, "AbortError");
    assertEquals(
      message,
      'Cannot pass barrier "halfway": the barrier is broken',
    );
  }
});

Deno.test("a second abort() changes nothing", async () => {
  const barrier = new Barrier(2);
  barrier.abort("first");
  barrier.abort("second");
  assertEquals(await reasonOf(barrier.wait()), "first");
});

Deno.test("a broken barrier refuses bad options, and an aborted signal comes first", async () => {
  const barrier = new Barrier(2);
  barrier.abort("broken");
  await assertRejects(() => barrier.wait({ timeout: -1 }), RangeError);
  const signal = AbortSignal.abort("gone");
  assertEquals(await reasonOf(barrier.wait({ signal })), "gone");
});

Deno.test("reset() mends a broken barrier", async () => {
  const barrier = new Barrier(2);
  barrier.abort("failed");
  barrier.reset();
  assertEquals(barrier.broken, false);
  const waits = [barrier.wait(), barrier.wait()];
  assertEquals(await Promise.all(waits), [0, 1]);
  barrier.abort("again");
  assertEquals(await reasonOf(barrier.wait()), "again");
});

Deno.test("reset() rejects who waits with an AbortError, in order", async () => {
  const barrier = new Barrier(3);
  const order: string[] = [];
  for (const id of ["a", "b"]) {
    barrier.wait().catch(({ name, message }) =>
      order.push(`${id}: ${name}: ${message}`)
    );
  }
  barrier.reset();
  assertEquals([barrier.waiting, barrier.broken], [0, false]);
  await drainMicrotasks();
  const error = "AbortError: Cannot pass barrier: the barrier was reset";
  assertEquals(order, [`a: ${error}`, `b: ${error}`]);
});

Deno.test("reset() of a barrier at which nobody waits changes nothing", async () => {
  const barrier = new Barrier(2);
  barrier.reset();
  assertEquals(await Promise.all([barrier.wait(), barrier.wait()]), [0, 1]);
});

for (const end of ["abort", "reset"] as const) {
  Deno.test(`${end}() after the last party has arrived does not reach that round`, async () => {
    const barrier = new Barrier(2);
    const waits = [barrier.wait(), barrier.wait()];
    barrier[end]();
    assertEquals(await Promise.all(waits), [0, 1]);
  });

  Deno.test(`${end}() in a listener that runs first comes too late for the aborted`, async () => {
    const barrier = new Barrier(3);
    const controller = new AbortController();
    const { signal } = controller;
    signal.addEventListener("abort", () => barrier[end]());
    const aborted = barrier.wait({ signal });
    const other = barrier.wait();
    controller.abort("gone");
    assertEquals(await reasonOf(aborted), "gone");
    assertEquals((await reasonOf(other) as Error).name, "AbortError");
  });
}

Deno.test("whoever comes while reset() rejects others is in a new round", async () => {
  const barrier = new Barrier(2);
  const { signal } = new AbortController();
  let next: Promise<number> | undefined;
  const removeEventListener = () => void (next = barrier.wait());
  const wait = barrier.wait({
    signal: Object.assign(signal, { removeEventListener }),
  });
  barrier.reset();
  await assertRejects(() => wait, DOMException, "the barrier was reset");
  assertEquals(await settledState(next!), "pending");
  assertEquals(await barrier.wait(), 1);
});

Deno.test("whoever comes while abort() rejects others is rejected too", async () => {
  const barrier = new Barrier(2);
  const { signal } = new AbortController();
  let next: Promise<number> | undefined;
  const removeEventListener = () => void (next = barrier.wait());
  const wait = barrier.wait({
    signal: Object.assign(signal, { removeEventListener }),
  });
  barrier.abort("broken");
  assertEquals(await reasonOf(wait), "broken");
  assertEquals(await reasonOf(next!), "broken");
});
