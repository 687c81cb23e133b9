/**
 * What is asked of every lock: what CPython's tests ask of `asyncio.Lock`, and
 * what other libraries stumble over.
 *
 * @module
 */

import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { countListeners } from "../support/listeners.ts";
import { drainMicrotasks, settledState } from "../support/promises.ts";
import {
  errorOf,
  keepsAsyncStacks,
  timersLeftBy,
  valueOf,
} from "./outcomes.ts";
import type { LockLike } from "./subject.ts";

/** One thing that is asked. The lock is new. */
export interface Case {
  readonly name: string;
  /** What a lock must have for it to make sense. */
  readonly needs?: "cancel" | "tryAcquire" | "block" | "print";
  run(lock: LockLike): Promise<void>;
}

const basics: Case[] = [
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
    name: "locked and waiting say how it stands",
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
    name: "tryAcquire() takes a free lock and no other",
    needs: "tryAcquire",
    run(lock) {
      const hold = lock.tryAcquire!();
      assertEquals(lock.locked, true);
      assertEquals(lock.tryAcquire!(), undefined);
      hold?.release();
      assertEquals(lock.locked, false);
      return Promise.resolve();
    },
  },
  {
    name: "a lock prints how it stands",
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

const order: Case[] = [
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
    name: "acquire() takes turns where two tasks ask for it again and again",
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

const abort: Case[] = [
  ...["first", "middle", "last"].map((place, leaver): Case => ({
    name: `abort of the ${place} of three waiters leaves the others in order`,
    async run(lock) {
      await valueOf(lock.acquire());
      const served: number[] = [];
      const controllers = [0, 1, 2].map(() => new AbortController());
      const waits = controllers.map(({ signal }, id) =>
        lock.acquire({ signal }).then(() => served.push(id))
      );
      const reason = new Error("The client has gone");
      controllers[leaver]!.abort(reason);
      assertStrictEquals(await errorOf(waits[leaver]!), reason);
      assertEquals(lock.waiting, 2);
      const others = [0, 1, 2].filter((id) => id !== leaver);
      for (const id of others) {
        lock.release();
        await valueOf(waits[id]!);
      }
      assertEquals(served, others);
      lock.release();
      assertEquals(lock.locked, false);
    },
  })),
  {
    name: "abort of the only waiter leaves nothing of it",
    async run(lock) {
      await valueOf(lock.acquire());
      const controller = new AbortController();
      const wait = lock.acquire({ signal: controller.signal });
      controller.abort();
      await errorOf(wait);
      assertEquals(lock.waiting, 0);
      lock.release();
      assertEquals(lock.locked, false);
      await valueOf(lock.acquire());
    },
  },
  {
    name: "abort, then release() in the same tick: the next one has the lock",
    async run(lock) {
      await valueOf(lock.acquire());
      const controller = new AbortController();
      const wait = lock.acquire({ signal: controller.signal });
      const next = lock.acquire();
      controller.abort("gone");
      lock.release();
      assertEquals(await errorOf(wait), "gone");
      await valueOf(next);
    },
  },
  {
    name: "release(), then abort in the same tick: the waiter has the lock",
    async run(lock) {
      await valueOf(lock.acquire());
      const controller = new AbortController();
      const wait = lock.acquire({ signal: controller.signal });
      const next = lock.acquire();
      lock.release();
      controller.abort("too late");
      const hold = await valueOf(wait);
      assertEquals(await settledState(next), "pending");
      hold.release();
      await valueOf(next);
    },
  },
  {
    name: "a waiter that is aborted when it has been woken has the lock",
    async run(lock) {
      await valueOf(lock.acquire());
      const controller = new AbortController();
      const wait = lock.acquire({ signal: controller.signal });
      const next = lock.acquire();
      queueMicrotask(() => controller.abort("too late"));
      lock.release();
      await valueOf(wait);
      assertEquals(controller.signal.aborted, true);
      lock.release();
      await valueOf(next);
    },
  },
  {
    name: "an aborted signal takes nothing, also where the lock is free",
    async run(lock) {
      const signal = AbortSignal.abort("gone");
      assertEquals(await errorOf(lock.acquire({ signal })), "gone");
      assertEquals(lock.locked, false);
      await valueOf(lock.acquire());
      assertEquals(await errorOf(lock.acquire({ signal })), "gone");
      assertEquals(lock.waiting, 0);
    },
  },
  {
    name: "a wait that has ended leaves no listener",
    async run(lock) {
      const controller = new AbortController();
      const { signal } = controller;
      const listeners = countListeners(signal);
      await valueOf(lock.acquire({ signal }));
      const granted = lock.acquire({ signal });
      lock.release();
      await valueOf(granted);
      assertEquals(listeners.removed, listeners.added);
      const aborted = lock.acquire({ signal });
      controller.abort();
      await errorOf(aborted);
      assertEquals(listeners.removed, listeners.added);
    },
  },
];

const timeout: Case[] = [
  {
    name: "a wait that takes too long leaves nothing of it",
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
    name: "each wait that takes too long has an error and a stack of its own",
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

const cancel: Case[] = [
  {
    name: "cancel() rejects all who wait, and the lock goes on working",
    needs: "cancel",
    async run(lock) {
      await valueOf(lock.acquire());
      const waits = [lock.acquire(), lock.acquire()];
      lock.cancel!("closing");
      assertEquals(lock.waiting, 0);
      assertEquals(lock.locked, true);
      const errors = await Promise.all(waits.map(errorOf));
      assertEquals(errors, ["closing", "closing"]);
      const next = lock.acquire();
      assertEquals(await settledState(next), "pending");
      lock.release();
      await valueOf(next);
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

const misuse: Case[] = [
  {
    name: "release() throws where nobody holds the lock",
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
    name: "a hold that somebody else has ended does not end the next one",
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

const blocks: Case[] = [
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
    name: "a block ends its own hold alone",
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
    name: "run() gives what its function gives, the lock being free by then",
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
    name: "run() does not call its function where the wait is aborted",
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
    name: "20 000 queued run() of a synchronous function do not end the stack",
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

export const cases: readonly Case[] = [
  ...basics,
  ...order,
  ...abort,
  ...timeout,
  ...cancel,
  ...misuse,
  ...blocks,
];
