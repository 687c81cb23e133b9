/** A gate decides by its private state. */

import { assertEquals, assertRejects } from "@std/assert";
import { Gate } from "../../gate.ts";

Deno.test("a subclass of Gate prints its own name, and its overrides decide nothing", async () => {
  class Door extends Gate {
    override get isOpen(): boolean {
      return true;
    }
    override get waiting(): number {
      return 7;
    }
  }
  const door = new Door();
  assertEquals(Deno.inspect(door), "Door [closed]");
  await assertRejects(() => door.wait({ timeout: 0 }), DOMException);
});

Deno.test("wait() rejects on a wrong receiver", async () => {
  const { wait } = new Gate();
  const call = Reflect.apply(wait, undefined, []);
  await assertRejects(() => call, TypeError);
});
