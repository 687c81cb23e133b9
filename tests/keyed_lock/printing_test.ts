/** What `console.log()` shows of a keyed lock. */

import { assertEquals } from "@std/assert";
import { KeyedLock } from "../../keyed_lock.ts";

Deno.test("console.log() shows the name, how many keys are held and how many wait", async () => {
  const lock = new KeyedLock({ name: "users" });
  assertEquals(Deno.inspect(lock), 'KeyedLock "users" [held: 0]');
  await lock.acquireAll(["a", "b"]);
  assertEquals(Deno.inspect(lock), 'KeyedLock "users" [held: 2]');
  lock.acquire("a");
  lock.acquire("b");
  lock.acquireAll(["a", "c"]);
  const [wait, held] = ["waiting: 4", "held: 3"];
  assertEquals(Deno.inspect(lock), `KeyedLock "users" [${held}, ${wait}]`);
  assertEquals(Deno.inspect(new KeyedLock()), "KeyedLock [held: 0]");
});

Deno.test("console.log() of the prototype, which has no state, does not throw", () => {
  assertEquals(Deno.inspect(KeyedLock.prototype), "[object Object]");
});
