/** What `console.log()` shows of a gate. */

import { assertEquals } from "@std/assert";
import { Gate } from "../../gate.ts";

Deno.test("a gate prints its name, its state and how many wait", async () => {
  const gate = new Gate({ name: "start" });
  assertEquals(Deno.inspect(gate), 'Gate "start" [closed]');
  const waits = [gate.wait(), gate.wait()];
  assertEquals(Deno.inspect(gate), 'Gate "start" [closed, waiting: 2]');
  gate.open();
  assertEquals(Deno.inspect(gate), 'Gate "start" [open]');
  assertEquals(Deno.inspect(new Gate()), "Gate [closed]");
  assertEquals(Deno.inspect(Gate.prototype), "[object Object]");
  await Promise.all(waits);
});
