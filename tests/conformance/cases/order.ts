/**
 * Who gets the lock, and when.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { drainMicrotasks, settledState } from "../../support/promises.ts";
import { valueOf } from "../outcomes.ts";
import type { Case } from "../subject.ts";

export const order: readonly Case[] = [
  {
    name: "release() serves the waiters one by one, in order",
    async run(lock) {
      await valueOf(lock.acquire());
      const served: number[] = [];
      const waits = [1, 2, 3].map((id) =>
        lock.acquire().then(() => served.push(id))
      );
      await drainMicrotasks();
      assertEquals(served, []);
      for (const [index, wait] of waits.entries()) {
        lock.release();
        await valueOf(wait);
        assertEquals(served, [1, 2, 3].slice(0, index + 1));
      }
      lock.release();
      assertEquals(lock.locked, false);
    },
  },
  {
    name: "release() hands the lock on before it returns",
    async run(lock) {
      await valueOf(lock.acquire());
      const wait = lock.acquire();
      lock.release();
      assertEquals(lock.locked, true);
      assertEquals(lock.waiting, 0);
      await valueOf(wait);
    },
  },
  {
    name: "acquire() does not pass a woken waiter",
    async run(lock) {
      await valueOf(lock.acquire());
      const woken = lock.acquire();
      lock.release();
      const newcomer = lock.acquire();
      await valueOf(woken);
      assertEquals(await settledState(newcomer), "pending");
      lock.release();
      await valueOf(newcomer);
    },
  },
  {
    name: "tryAcquire() does not pass a woken waiter",
    needs: "tryAcquire",
    async run(lock) {
      await valueOf(lock.acquire());
      const woken = lock.acquire();
      lock.release();
      assertEquals(lock.tryAcquire!(), undefined);
      await valueOf(woken);
    },
  },
  {
    name: "acquire() lets two tasks take turns",
    async run(lock) {
      const order: string[] = [];
      const tasks = ["a", "b"].map(async (task) => {
        for (let i = 0; i < 3; i++) {
          const hold = await lock.acquire();
          order.push(task);
          await drainMicrotasks();
          hold.release();
        }
      });
      await Promise.all(tasks);
      assertEquals(order, ["a", "b", "a", "b", "a", "b"]);
    },
  },
  {
    name: "only one of many is inside",
    async run(lock) {
      let inside = 0;
      let counter = 0;
      const tasks = Array.from({ length: 50 }, async () => {
        const hold = await lock.acquire();
        assertEquals(++inside, 1);
        const before = counter;
        for (let i = 0; i < 5; i++) await null;
        counter = before + 1;
        inside--;
        hold.release();
      });
      await valueOf(Promise.all(tasks));
      assertEquals(counter, 50);
      await drainMicrotasks();
      assertEquals(lock.locked, false);
    },
  },
];
