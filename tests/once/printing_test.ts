/** What `console.log()` shows of a once function. */

import { assertEquals } from "@std/assert";
import { once } from "../../once.ts";

Deno.test("console.log() shows the state and how many wait", async () => {
  let runs = 0;
  const load = once(() => ++runs === 1 ? Promise.reject("No") : runs, {
    keepError: () => true,
  });
  assertEquals(Deno.inspect(load), "Once [idle]");
  const calls = [load(), load()];
  assertEquals(Deno.inspect(load), "Once [running, waiting: 2]");
  await Promise.allSettled(calls);
  assertEquals(Deno.inspect(load), "Once [failed]");
  load.reset();
  await load();
  assertEquals(Deno.inspect(load), "Once [done]");
});
