/**
 * A wait that asks for one permit and has no limits costs as little as it can.
 */

import { assertEquals } from "@std/assert";
import { Fifo } from "../../_core/fifo.ts";
import { Semaphore } from "../../semaphore.ts";

Deno.test("a wait for one permit without limits is only a function in the queue", async () => {
  const semaphore = new Semaphore(1);
  await semaphore.acquire();
  const kinds: string[] = [];
  const { push } = Fifo.prototype;
  Fifo.prototype.push = function (item) {
    kinds.push(typeof item);
    Reflect.apply(push, this, [item]);
  };
  try {
    semaphore.acquire();
    semaphore.run(() => {});
    semaphore.acquire({ timeout: Infinity });
  } finally {
    Fifo.prototype.push = push;
  }
  assertEquals(kinds, ["function", "function", "object"]);
});
