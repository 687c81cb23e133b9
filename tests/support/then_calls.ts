/** Counts how often what is tested calls `then()`. */

import { assertEquals } from "@std/assert";
import { drainMicrotasks } from "./promises.ts";

/** What is done, how many calls of `then()` it may take, and its title. */
export type Operation = [title: string, thens: number, work: () => unknown];

/** Makes a test for each operation. */
export function testThenCalls(operations: readonly Operation[]): void {
  for (const [title, thens, work] of operations) {
    Deno.test(`${title} calls then() ${thens} times`, async () => {
      assertEquals(await countThens(work), thens);
    });
  }
}

async function countThens(work: () => unknown): Promise<number> {
  // deno-lint-ignore no-explicit-any -- stands in for any `then`
  const prototype = Promise.prototype as { then: any };
  const original = prototype.then;
  let thens = 0;
  prototype.then = function (this: Promise<unknown>, ...args: unknown[]) {
    thens++;
    return original.apply(this, args);
  };
  try {
    work();
    await drainMicrotasks();
  } finally {
    prototype.then = original;
  }
  return thens;
}
