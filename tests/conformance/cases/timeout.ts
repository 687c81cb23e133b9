/**
 * A wait that takes too long.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { settledState } from "../../support/promises.ts";
import {
  errorOf,
  keepsAsyncStacks,
  timersLeftBy,
  valueOf,
} from "../outcomes.ts";
import type { Case } from "../subject.ts";

export const timeout: readonly Case[] = [
  {
    name: "a wait that takes too long leaves nothing behind",
    async run(lock) {
      await valueOf(lock.acquire());
      const wait = lock.acquire({ timeout: 1 });
      assertEquals((await errorOf(wait) as Error).name, "TimeoutError");
      assertEquals(lock.waiting, 0);
      lock.release();
      assertEquals(lock.locked, false);
      await valueOf(lock.acquire());
    },
  },
  {
    name: "those behind a wait that takes too long move up",
    async run(lock) {
      await valueOf(lock.acquire());
      const wait = lock.acquire({ timeout: 1 });
      const next = lock.acquire();
      await errorOf(wait);
      assertEquals(await settledState(next), "pending");
      lock.release();
      await valueOf(next);
    },
  },
  {
    name: "timeout 0 takes a free lock and does not wait for another",
    async run(lock) {
      await valueOf(lock.acquire({ timeout: 0 }));
      const wait = lock.acquire({ timeout: 0 });
      const waiting = lock.waiting;
      assertEquals((await errorOf(wait) as Error).name, "TimeoutError");
      assertEquals(waiting, 0);
    },
  },
  {
    name: "each wait that takes too long has its own error and stack",
    async run(lock) {
      const fn = () => {};
      const firstCaller = async () => await lock.run(fn, { timeout: 1 });
      const secondCaller = async () => await lock.run(fn, { timeout: 1 });
      await valueOf(lock.acquire());
      const first = await errorOf(firstCaller()) as Error;
      const second = await errorOf(secondCaller()) as Error;
      assertEquals(first === second, false);
      if (!await keepsAsyncStacks()) return;
      assertEquals(first.stack?.includes("firstCaller"), true);
      assertEquals(second.stack?.includes("secondCaller"), true);
    },
  },
  {
    name: "a wait that has ended leaves no timer",
    async run(lock) {
      const left = await timersLeftBy(async () => {
        const timeout = 60_000;
        await valueOf(lock.acquire({ timeout }));
        const granted = lock.acquire({ timeout });
        lock.release();
        await valueOf(granted);
        const controller = new AbortController();
        const { signal } = controller;
        const aborted = lock.acquire({ timeout, signal });
        controller.abort();
        await errorOf(aborted);
      });
      assertEquals(left, 0);
    },
  },
];
