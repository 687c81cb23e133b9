/** Waits at a closed gate give up on their limits, and leave the gate as it is. */

import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Gate } from "../../gate.ts";
import { drainMicrotasks, reasonOf } from "../support/promises.ts";

for (
  const [options, type] of [
    [undefined, "gate"],
    [{ name: "ready" }, 'gate "ready"'],
  ] as const
) {
  Deno.test(`a timeout at a ${type} says how it stands`, async () => {
    using time = new FakeTime();
    const gate = new Gate(options);
    const wait = gate.wait({ timeout: 50 });
    const other = gate.wait();
    time.tick(50);
    const error = await assertRejects(() => wait, DOMException);
    assertEquals(error.name, "TimeoutError");
    assertEquals(
      error.message,
      `Cannot pass ${type} within 50 ms: still closed, 1 waiting`,
    );
    gate.open();
    await other;
  });
}

Deno.test("timeout 0 at a closed gate rejects at once and does not join", async () => {
  const gate = new Gate();
  const wait = gate.wait({ timeout: 0 });
  assertEquals(gate.waiting, 0);
  await assertRejects(
    () => wait,
    DOMException,
    "Cannot pass gate within 0 ms: still closed, 0 waiting",
  );
});

Deno.test("an aborted signal at a closed gate rejects with its reason", async () => {
  const gate = new Gate();
  const reason = { why: "gone" };
  const wait = gate.wait({ signal: AbortSignal.abort(reason) });
  assertEquals(gate.waiting, 0);
  assertStrictEquals(await reasonOf(wait), reason);
});

Deno.test("a waiter in the middle that gives up leaves the others in order", async () => {
  const gate = new Gate();
  const controller = new AbortController();
  const order: number[] = [];
  const waits = [0, 1, 2].map((id) =>
    gate.wait(id === 1 ? { signal: controller.signal } : {})
      .then(() => order.push(id), () => order.push(-id))
  );
  controller.abort();
  assertEquals(gate.waiting, 2);
  assertEquals(gate.isOpen, false);
  gate.open();
  await Promise.all(waits);
  assertEquals(order, [-1, 0, 2]);
});

Deno.test("cancel() rejects all who wait, in order, and the gate goes on working", async () => {
  const gate = new Gate();
  const order: string[] = [];
  for (const id of ["a", "b"]) {
    gate.wait().catch((reason) => order.push(`${id}: ${reason}`));
  }
  gate.cancel("closing");
  assertEquals(gate.waiting, 0);
  await drainMicrotasks();
  assertEquals(order, ["a: closing", "b: closing"]);
  assertEquals(gate.isOpen, false);
  const next = gate.wait();
  assertEquals(gate.waiting, 1);
  gate.open();
  await next;
});

Deno.test("cancel() without a reason gives each an AbortError of its own", async () => {
  const gate = new Gate({ name: "ready" });
  const waits = [gate.wait(), gate.wait()];
  gate.cancel();
  const [first, second] = await Promise.all(waits.map(reasonOf)) as Error[];
  assertEquals(first === second, false);
  for (const { name, message } of [first!, second!]) {
    assertEquals(name, "AbortError");
    assertEquals(message, 'Cannot pass gate "ready": the wait was cancelled');
  }
});

Deno.test("cancel() of an open gate, or of one for which nobody waits, does nothing", async () => {
  const gate = new Gate();
  gate.cancel();
  gate.open();
  gate.cancel();
  assertEquals(gate.isOpen, true);
  await gate.wait();
});
