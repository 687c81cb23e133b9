/**
 * A wait that is aborted.
 *
 * @module
 */

import { assertEquals, assertStrictEquals } from "@std/assert";
import { countListeners } from "../../support/listeners.ts";
import { settledState } from "../../support/promises.ts";
import { errorOf, valueOf } from "../outcomes.ts";
import type { Case } from "../subject.ts";

export const abort: readonly Case[] = [
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
    name: "abort of the only waiter leaves nothing behind",
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
    name: "a waiter that is aborted after its grant has the lock",
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
    name: "an aborted signal takes nothing, even if the lock is free",
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
