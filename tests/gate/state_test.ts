/** What a gate says of itself. */

import { assertEquals } from "@std/assert";
import { Gate } from "../../gate.ts";

Deno.test("name is what the gate was given", () => {
  assertEquals(new Gate({ name: "start" }).name, "start");
  assertEquals(new Gate().name, undefined);
});

Deno.test("a gate is closed, or open if it is told so", () => {
  assertEquals(new Gate().isOpen, false);
  assertEquals(new Gate({ open: false }).isOpen, false);
  assertEquals(new Gate({ open: true }).isOpen, true);
});

Deno.test("waiting says how many wait", async () => {
  const gate = new Gate();
  assertEquals(gate.waiting, 0);
  const waits = [gate.wait(), gate.wait()];
  assertEquals(gate.waiting, 2);
  gate.open();
  assertEquals(gate.waiting, 0);
  await Promise.all(waits);
});
