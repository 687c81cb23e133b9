/** How a barrier looks, what it takes, and that it decides by private state. */

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
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

for (const parties of [0, -1, 1.5, NaN, Infinity, 2 ** 53]) {
  Deno.test(`new Barrier(${parties}) throws a RangeError`, () => {
    assertThrows(
      () => new Barrier(parties),
      RangeError,
      "Cannot create barrier: parties must be a whole number " +
        `from 1 to 2^53 - 1, got ${parties}`,
    );
  });
}

Deno.test("a barrier takes as many parties as there are whole numbers", () => {
  assertEquals(new Barrier(2 ** 53 - 1).parties, 2 ** 53 - 1);
});
