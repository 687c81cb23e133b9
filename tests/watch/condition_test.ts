/** A watch sees who waits at a condition, and where. */

import { assertEquals } from "@std/assert";
import { Condition } from "../../condition.ts";
import { Watching } from "./watching.ts";

Deno.test("a watch sees a waitFor() at the line of its caller", async () => {
  using watching = new Watching();
  const condition = new Condition();
  let isReady = false;
  using guard = await condition.lock.acquire();
  const waiting = condition.waitFor(guard, () => isReady);
  const seen = watching.watch.waits().map(({ primitive, at }) => [
    primitive,
    at.includes("condition_test.ts"),
  ]);
  assertEquals(seen, [["Condition", true]]);
  await condition.lock.run(() => {
    isReady = true;
    condition.notify();
  });
  await waiting;
  assertEquals(watching.watch.waits(), []);
});
