/** What `console.log()` shows of a condition. */

import { assertEquals } from "@std/assert";
import { Condition } from "../../condition.ts";
import { makeWaiting } from "../support/condition.ts";

Deno.test("a condition prints its lock's name and state, and how many wait", async () => {
  const { condition, lock, wait, other } = makeWaiting();
  assertEquals(Deno.inspect(condition), 'Condition "db" [locked, waiting: 1]');
  other.release();
  assertEquals(
    Deno.inspect(condition),
    'Condition "db" [unlocked, waiting: 1]',
  );
  assertEquals(Deno.inspect(new Condition()), "Condition [unlocked]");
  assertEquals(Deno.inspect(Condition.prototype), "[object Object]");
  using _ = await lock.acquire();
  condition.notify();
  _.release();
  await wait;
});
