/**
 * What a lock shows about itself, and `tryAcquire()`.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { drainMicrotasks } from "../../support/promises.ts";
import { valueOf } from "../outcomes.ts";
import type { Case } from "../subject.ts";

export const basics: readonly Case[] = [
  {
    name: "acquire() takes a free lock before it returns",
    async run(lock) {
      assertEquals(lock.locked, false);
      const acquired = lock.acquire();
      assertEquals(lock.locked, true);
      assertEquals(lock.waiting, 0);
      const hold = await valueOf(acquired);
      hold.release();
      await drainMicrotasks();
      assertEquals(lock.locked, false);
    },
  },
  {
    name: "locked and waiting show the state",
    async run(lock) {
      await valueOf(lock.acquire());
      const waits = [lock.acquire(), lock.acquire()];
      assertEquals(lock.waiting, 2);
      lock.release();
      assertEquals(lock.waiting, 1);
      await valueOf(waits[0]!);
      lock.release();
      assertEquals(lock.waiting, 0);
      assertEquals(lock.locked, true);
      await valueOf(waits[1]!);
      lock.release();
      assertEquals(lock.locked, false);
    },
  },
  {
    name: "tryAcquire() takes a free lock and not a held one",
    needs: "tryAcquire",
    run(lock) {
      const hold = lock.tryAcquire!();
      assertEquals(lock.locked, true);
      assertEquals(lock.tryAcquire!(), undefined);
      assertEquals(lock.waiting, 0);
      hold?.release();
      assertEquals(lock.locked, false);
      return Promise.resolve();
    },
  },
  {
    name: "a lock prints its state",
    needs: "print",
    async run(lock) {
      const free = lock.print!();
      await valueOf(lock.acquire());
      const held = lock.print!();
      const wait = lock.acquire();
      const awaited = lock.print!();
      assertEquals(new Set([free, held, awaited]).size, 3);
      lock.release();
      await valueOf(wait);
      lock.release();
      assertEquals(lock.print!(), free);
    },
  },
];
