/**
 * `run()`, and blocks that hold the lock to their end.
 *
 * @module
 */

import { assertEquals, assertStrictEquals } from "@std/assert";
import { drainMicrotasks } from "../../support/promises.ts";
import { errorOf, valueOf } from "../outcomes.ts";
import type { Case } from "../subject.ts";

export const run: readonly Case[] = [
  {
    name: "a block holds the lock to its end",
    needs: "block",
    async run(lock) {
      await lock.block!(async () => {
        assertEquals(lock.locked, true);
        await drainMicrotasks();
        assertEquals(lock.locked, true);
      });
      assertEquals(lock.locked, false);
    },
  },
  {
    name: "a block that throws frees the lock",
    needs: "block",
    async run(lock) {
      const error = new Error("Thrown inside");
      const block = lock.block!(() => {
        throw error;
      });
      const next = lock.acquire();
      assertStrictEquals(await errorOf(block), error);
      await valueOf(next);
    },
  },
  {
    name: "a block ends only its own hold",
    needs: "block",
    async run(lock) {
      const next = await lock.block!(async () => {
        lock.release();
        return await valueOf(lock.acquire());
      });
      assertEquals(lock.locked, true);
      next.release();
      await drainMicrotasks();
      assertEquals(lock.locked, false);
    },
  },
  {
    name: "run() starts its function at once, or else when its turn comes",
    async run(lock) {
      const started: string[] = [];
      let leave = () => {};
      const first = lock.run(() => {
        started.push("first");
        return new Promise<void>((resolve) => leave = resolve);
      });
      assertEquals(started, ["first"]);
      const second = lock.run(() => void started.push("second"));
      assertEquals(lock.waiting, 1);
      await drainMicrotasks();
      assertEquals(started, ["first"]);
      leave();
      await valueOf(Promise.all([first, second]));
      assertEquals(started, ["first", "second"]);
    },
  },
  {
    name: "run() gives what its function gives, and the lock is free by then",
    async run(lock) {
      for (const fn of [() => 42, () => Promise.resolve(42)]) {
        const wasLocked = lock.run(() => lock.locked);
        assertEquals(await valueOf(wasLocked), true);
        const run = lock.run(fn).then((value) => [value, lock.locked]);
        assertEquals(await valueOf(run), [42, false]);
      }
    },
  },
  {
    name: "run() rejects with what its function throws, and frees the lock",
    async run(lock) {
      const error = new Error("Thrown inside");
      const fail = () => {
        throw error;
      };
      for (const fn of [fail, () => Promise.reject(error)]) {
        const run = lock.run(fn);
        const next = lock.run(() => "next");
        assertStrictEquals(await errorOf(run), error);
        assertEquals(await valueOf(next), "next");
        assertEquals(lock.locked, false);
      }
    },
  },
  {
    name: "run() does not call its function if the wait is cancelled",
    needs: "cancel",
    async run(lock) {
      await valueOf(lock.acquire());
      let calls = 0;
      const run = lock.run(() => ++calls);
      lock.cancel!("closing");
      lock.release();
      assertEquals(await errorOf(run), "closing");
      assertEquals(calls, 0);
    },
  },
  {
    name: "run() does not call its function if the wait is aborted",
    async run(lock) {
      await valueOf(lock.acquire());
      const controller = new AbortController();
      let calls = 0;
      const run = lock.run(() => ++calls, { signal: controller.signal });
      controller.abort("gone");
      lock.release();
      assertEquals(await errorOf(run), "gone");
      assertEquals(calls, 0);
      assertEquals(lock.locked, false);
    },
  },
  {
    name:
      "20 000 queued run() of a synchronous function do not overflow the stack",
    async run(lock) {
      await valueOf(lock.acquire());
      const order: number[] = [];
      const runs = Array.from(
        { length: 20_000 },
        (_, id) => lock.run(() => order.push(id)),
      );
      assertEquals(lock.waiting, runs.length);
      lock.release();
      await valueOf(Promise.all(runs));
      assertEquals(order.length, runs.length);
      assertEquals(order.every((id, index) => id === index), true);
      assertEquals(lock.locked, false);
    },
  },
];
