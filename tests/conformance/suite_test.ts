/**
 * Runs the suite, and tests the `using` statement. The suite leaves it out, since
 * it also runs in engines that do not know the syntax.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { KeyedLock, Lock } from "../../mod.ts";
import { suite } from "./suite.ts";

for (const { name, run } of suite()) Deno.test(name, run);

const lock = new Lock();
const keys = new KeyedLock();

for (
  const [name, acquire, isLocked] of [
    ["Lock", () => lock.acquire(), () => lock.locked],
    ["a key", () => keys.acquire("a"), () => keys.isLocked("a")],
    ["keys", () => keys.acquireAll(["a", "b"]), () => keys.size === 2],
  ] as const
) {
  Deno.test(`using holds ${name} to the end of the block`, async () => {
    {
      using guard = await acquire();
      assertEquals([guard.held, isLocked()], [true, true]);
      await Promise.resolve();
      assertEquals([guard.held, isLocked()], [true, true]);
    }
    assertEquals(isLocked(), false);
  });

  Deno.test(`using frees ${name} if the block throws`, async () => {
    await assertRejects(
      async () => {
        await using _ = await acquire();
        throw new Error("Thrown inside");
      },
      Error,
      "Thrown inside",
    );
    assertEquals(isLocked(), false);
  });

  Deno.test(`using does not end the next hold of ${name}`, async () => {
    let next;
    {
      using guard = await acquire();
      guard.release();
      next = await acquire();
    }
    assertEquals(next.held, true);
    next.release();
    assertEquals(isLocked(), false);
  });
}
