/**
 * Holds that are released twice, too late, or by somebody else.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { drainMicrotasks, settledState } from "../../support/promises.ts";
import { valueOf } from "../outcomes.ts";
import type { Case } from "../subject.ts";

export const misuse: readonly Case[] = [
  {
    name: "release() ends a hold that nobody has seen yet",
    async run(lock) {
      const acquired = lock.acquire();
      lock.release();
      await drainMicrotasks();
      assertEquals(lock.locked, false);
      const next = await valueOf(lock.acquire());
      (await valueOf(acquired)).release();
      assertEquals(lock.locked, true);
      next.release();
    },
  },
  {
    name: "release() throws if nobody holds the lock",
    async run(lock) {
      assertThrows(() => lock.release(), Error);
      await valueOf(lock.acquire());
      lock.release();
      assertThrows(() => lock.release(), Error);
      assertEquals(lock.locked, false);
      await valueOf(lock.acquire());
      assertEquals(lock.locked, true);
    },
  },
  {
    name: "a second release() of a hold does not end the next one",
    async run(lock) {
      const hold = await valueOf(lock.acquire());
      const second = lock.acquire();
      const third = lock.acquire();
      hold.release();
      hold.release();
      await valueOf(second);
      hold.release();
      assertEquals(await settledState(third), "pending");
      assertEquals(lock.waiting, 1);
      lock.release();
      await valueOf(third);
    },
  },
  {
    name: "a stale hold does not end the next one",
    async run(lock) {
      const stale = await valueOf(lock.acquire());
      lock.release();
      const hold = await valueOf(lock.acquire());
      const wait = lock.acquire();
      stale.release();
      assertEquals(await settledState(wait), "pending");
      assertEquals(lock.waiting, 1);
      hold.release();
      await valueOf(wait);
    },
  },
  {
    name: "a run() whose lock is freed meanwhile does not end the next hold",
    async run(lock) {
      let leave = () => {};
      const run = lock.run(() =>
        new Promise<void>((resolve) => leave = resolve)
      );
      await drainMicrotasks();
      const second = lock.acquire();
      const third = lock.acquire();
      lock.release();
      await valueOf(second);
      leave();
      await valueOf(run);
      assertEquals(await settledState(third), "pending");
      assertEquals(lock.waiting, 1);
      lock.release();
      await valueOf(third);
    },
  },
];
