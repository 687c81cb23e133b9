/** Signals that are not the platform's own. */

import { assertEquals, assertRejects } from "@std/assert";
import { once } from "../../once.ts";
import { brokenSignal } from "../support/signals.ts";

Deno.test("a signal that refuses a listener leaves the function as it was", async () => {
  const signal = brokenSignal("addEventListener");
  const load = once(() => 42);
  await assertRejects(() => load({ signal }), Error, "Broken");
  assertEquals(load.state, "idle");
  assertEquals(await load(), 42);
});
