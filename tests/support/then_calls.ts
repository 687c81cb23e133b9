/** Tests of how often an operation calls `then()`. */

import { assertEquals } from "@std/assert";
import { drainMicrotasks } from "./promises.ts";

/** Something to do, and how many calls of `then()` it should cause. */
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
