/** What a condition says of itself. */

import { assertEquals, assertStrictEquals } from "@std/assert";
import { Condition, Lock } from "../../condition.ts";

Deno.test("a condition has the lock that it is given, or else one of its own", () => {
  const lock = new Lock();
  assertStrictEquals(new Condition(lock).lock, lock);
  const condition = new Condition(undefined);
  assertEquals(condition.lock.locked, false);
  assertEquals(condition.lock === new Condition().lock, false);
  assertStrictEquals(condition.lock, condition.lock);
});
