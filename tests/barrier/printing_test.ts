/** What `console.log()` shows of a barrier. */

import { assertEquals } from "@std/assert";
import { Barrier } from "../../barrier.ts";

Deno.test("a barrier prints its name, its parties and how many wait", async () => {
  const barrier = new Barrier(2, { name: "halfway" });
  assertEquals(Deno.inspect(barrier), 'Barrier "halfway" [parties: 2]');
  const wait = barrier.wait();
  assertEquals(
    Deno.inspect(barrier),
    'Barrier "halfway" [parties: 2, waiting: 1]',
  );
  await Promise.all([wait, barrier.wait()]);
  barrier.abort();
  assertEquals(Deno.inspect(barrier), 'Barrier "halfway" [broken]');
  assertEquals(Deno.inspect(new Barrier(1)), "Barrier [parties: 1]");
  assertEquals(Deno.inspect(Barrier.prototype), "[object Object]");
});
