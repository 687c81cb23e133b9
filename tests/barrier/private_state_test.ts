/** A barrier decides by its private state. */

import { assertEquals, assertRejects } from "@std/assert";
import { Barrier } from "../../barrier.ts";

Deno.test("a subclass of Barrier prints its own name, and its overrides decide nothing", async () => {
  class Meeting extends Barrier {
    override get parties(): number {
      return 1;
    }
    override get broken(): boolean {
      return true;
    }
    override get waiting(): number {
      return 1;
    }
  }
  const meeting = new Meeting(2);
  assertEquals(Deno.inspect(meeting), "Meeting [parties: 2]");
  assertEquals(await Promise.all([meeting.wait(), meeting.wait()]), [0, 1]);
});

Deno.test("wait() rejects on a wrong receiver", async () => {
  const { wait } = new Barrier(2);
  const call = Reflect.apply(wait, undefined, []);
  await assertRejects(() => call, TypeError);
});
