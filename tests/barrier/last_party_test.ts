/**
 * The last party to arrive lets all through in the same tick, each with a
 * different index. The barrier is then ready for the next round.
 */

import { assertEquals } from "@std/assert";
import { Barrier } from "../../barrier.ts";
import { drainMicrotasks, settledState } from "../support/promises.ts";

Deno.test("nobody passes before the last party arrives", async () => {
  const barrier = new Barrier(3);
  const waits = [barrier.wait(), barrier.wait()];
  assertEquals(barrier.waiting, 2);
  for (const wait of waits) assertEquals(await settledState(wait), "pending");
  const last = barrier.wait();
  assertEquals(barrier.waiting, 0);
  assertEquals(await Promise.all([...waits, last]), [0, 1, 2]);
});

Deno.test("parties go on in the order in which they arrived", async () => {
  const barrier = new Barrier(3);
  const { signal } = new AbortController();
  const order: number[] = [];
  await Promise.all(
    [undefined, { signal }, undefined].map((options, id) =>
      barrier.wait(options).then((index) => order.push(id, index))
    ),
  );
  assertEquals(order, [0, 0, 1, 1, 2, 2]);
});

Deno.test("a barrier is ready for the next round at once", async () => {
  const barrier = new Barrier(2);
  const rounds: Promise<number>[] = [];
  for (let i = 0; i < 6; i++) {
    rounds.push(barrier.wait());
    assertEquals(barrier.waiting, (i + 1) % 2);
  }
  assertEquals(await Promise.all(rounds), [0, 1, 0, 1, 0, 1]);
});

Deno.test("parties that come again and again stay in step", async () => {
  const barrier = new Barrier(3);
  const rounds = [0, 0, 0];
  await Promise.all(rounds.map(async (_, id) => {
    for (let round = 1; round <= 10; round++) {
      for (let i = 0; i < id; i++) await drainMicrotasks();
      rounds[id] = round;
      await barrier.wait();
      assertEquals(rounds, [round, round, round]);
      await barrier.wait();
    }
  }));
});

Deno.test("a barrier for one party holds up nobody", async () => {
  const barrier = new Barrier(1);
  assertEquals(await barrier.wait(), 0);
  assertEquals(await barrier.wait({ timeout: 0 }), 0);
  assertEquals(barrier.waiting, 0);
});

Deno.test("the last party gets through with timeout 0", async () => {
  const barrier = new Barrier(2);
  const first = barrier.wait();
  assertEquals(await barrier.wait({ timeout: 0 }), 1);
  assertEquals(await first, 0);
});

Deno.test("whoever comes while others are let through is in the next round", async () => {
  const barrier = new Barrier(2);
  const { signal } = new AbortController();
  let next: Promise<number> | undefined;
  // Called as the first party is let through.
  const removeEventListener = () => void (next = barrier.wait());
  const waits = [
    barrier.wait({ signal: Object.assign(signal, { removeEventListener }) }),
    barrier.wait(),
  ];
  assertEquals(await Promise.all(waits), [0, 1]);
  assertEquals(barrier.waiting, 1);
  assertEquals(await barrier.wait(), 1);
  assertEquals(await next, 0);
});

Deno.test("a barrier lets 100 000 parties through", async () => {
  const barrier = new Barrier(100_000);
  const waits = Array.from({ length: 100_000 }, () => barrier.wait());
  const indices = await Promise.all(waits);
  assertEquals(indices.every((index, place) => index === place), true);
});
