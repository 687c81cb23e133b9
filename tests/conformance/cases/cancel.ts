/**
 * `cancel()`.
 *
 * @module
 */

import { assertEquals, assertStrictEquals } from "@std/assert";
import { drainMicrotasks, settledState } from "../../support/promises.ts";
import { errorOf, valueOf } from "../outcomes.ts";
import type { Case } from "../subject.ts";

export const cancel: readonly Case[] = [
  {
    name: "cancel() rejects all who wait, and the lock goes on working",
    needs: "cancel",
    async run(lock) {
      await valueOf(lock.acquire());
      const order: number[] = [];
      const waits = [0, 1].map((id) => {
        const wait = lock.acquire();
        wait.catch(() => order.push(id));
        return wait;
      });
      lock.cancel!("closing");
      assertEquals(lock.waiting, 0);
      assertEquals(lock.locked, true);
      const errors = await Promise.all(waits.map(errorOf));
      assertEquals(errors, ["closing", "closing"]);
      assertEquals(order, [0, 1]);
      const next = lock.acquire();
      assertEquals(await settledState(next), "pending");
      lock.release();
      await valueOf(next);
    },
  },
  ...[new Error("Closing"), null, 0, false].map((reason): Case => ({
    name: `cancel() rejects with the reason ${reason} as it is`,
    needs: "cancel",
    async run(lock) {
      await valueOf(lock.acquire());
      const wait = lock.acquire();
      lock.cancel!(reason);
      assertStrictEquals(await errorOf(wait), reason);
    },
  })),
  {
    name: "cancel() does nothing if nobody waits",
    needs: "cancel",
    async run(lock) {
      lock.cancel!();
      assertEquals(lock.locked, false);
      await valueOf(lock.acquire());
      lock.cancel!();
      assertEquals(lock.locked, true);
      lock.release();
      await drainMicrotasks();
      assertEquals(lock.locked, false);
    },
  },
  {
    name: "cancel() without a reason gives each an error of its own",
    needs: "cancel",
    async run(lock) {
      await valueOf(lock.acquire());
      const waits = [lock.acquire(), lock.acquire()];
      lock.cancel!();
      const errors = await Promise.all(waits.map(errorOf)) as Error[];
      for (const { name } of errors) assertEquals(name, "AbortError");
      assertEquals(errors[0] === errors[1], false);
    },
  },
];
