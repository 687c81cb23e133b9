/** Bad options are refused. */

import { assertEquals, assertThrows } from "@std/assert";
import { observer } from "../../_core/observer.ts";
import { watchLocks } from "../../watch.ts";

const bad: [options: unknown, Class: typeof Error, message: string][] = [
  [null, TypeError, "options must be an object"],
  [{ stallafter: 5 }, TypeError, 'there is no option "stallafter"'],
  [{ stallAfter: "5" }, TypeError, "stallAfter must be a number"],
  [{ stallAfter: -1 }, RangeError, "stallAfter must be 0 or more"],
  [{ stallAfter: NaN }, RangeError, "stallAfter must be 0 or more"],
  [{ onStall: 1 }, TypeError, "onStall must be a function"],
  [{ onRelease: {} }, TypeError, "onRelease must be a function"],
];

for (const [options, Class, message] of bad) {
  Deno.test(`watchLocks() refuses options if ${message}`, () => {
    const error = assertThrows(() => watchLocks(options as never), Class);
    assertEquals(
      error.message.startsWith(`Cannot watch locks: ${message}`),
      true,
    );
    assertEquals(observer, undefined);
  });
}

Deno.test("the last watch that ends removes the observer", () => {
  const watches = [watchLocks(), watchLocks({ stallAfter: 0 })];
  for (const watch of watches) {
    assertEquals(observer === undefined, false);
    watch[Symbol.dispose]();
  }
  assertEquals(observer, undefined);
});
