/** What a barrier says of itself. */

import { assertEquals } from "@std/assert";
import { Barrier } from "../../barrier.ts";

Deno.test("name and parties are what the barrier was given", () => {
  const barrier = new Barrier(3, { name: "halfway" });
  assertEquals([barrier.name, barrier.parties], ["halfway", 3]);
  assertEquals(new Barrier(1).name, undefined);
});

Deno.test("waiting and broken say how it stands", async () => {
  const barrier = new Barrier(2);
  assertEquals([barrier.waiting, barrier.broken], [0, false]);
  const wait = barrier.wait();
  assertEquals(barrier.waiting, 1);
  barrier.abort("failed");
  assertEquals([barrier.waiting, barrier.broken], [0, true]);
  await wait.catch(() => {});
});
