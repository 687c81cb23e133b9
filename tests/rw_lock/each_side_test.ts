/** What holds for both sides. */

import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { RwLock } from "../../rw_lock.ts";
import { settledState } from "../support/promises.ts";

const sides = ["read", "write"] as const;

for (const side of sides) {
  for (const options of [undefined, { timeout: 10 }]) {
    const call = `${side}.run() with ${options ? "limits" : "no options"}`;

    Deno.test(`${call} starts fn before it returns if the lock is free`, async () => {
      const lock = new RwLock();
      let lockedInside;
      const run = lock[side].run(() => {
        lockedInside = lock[side].locked;
        return "done";
      }, options);
      assertEquals([lockedInside, lock[side].locked], [true, false]);
      assertEquals(await run, "done");
    });

    Deno.test(`${call} starts fn when its turn comes and holds until it settles`, async () => {
      using time = new FakeTime();
      const lock = new RwLock();
      const guard = await lock.write.acquire();
      const { promise, resolve } = Promise.withResolvers<string>();
      let isCalled = false;
      const run = lock[side].run(() => {
        isCalled = true;
        return promise;
      }, options);
      const writer = lock.write.acquire();
      assertEquals([await settledState(run), isCalled], ["pending", false]);
      guard.release();
      assertEquals([await settledState(run), isCalled], ["pending", true]);
      time.tick(100);
      assertEquals(await settledState(writer), "pending");
      resolve("done");
      assertEquals(await run, "done");
      assertEquals((await writer).held, true);
    });
  }

  Deno.test(`${side}: neither abort nor timeout ends a hold`, async () => {
    using time = new FakeTime();
    const lock = new RwLock();
    const controller = new AbortController();
    const { signal } = controller;
    const before = await lock.write.acquire();
    const wait = lock[side].acquire({ signal, timeout: 10 });
    before.release();
    const guard = await wait;
    controller.abort();
    time.tick(100);
    assertEquals([guard.held, lock[side].locked], [true, true]);
  });

  for (
    const releaseAgain of [
      "release",
      Symbol.dispose,
      Symbol.asyncDispose,
    ] as const
  ) {
    Deno.test(`${side}: a second ${String(releaseAgain)} does nothing`, async () => {
      const lock = new RwLock();
      const guard = await lock[side].acquire();
      const writer = lock.write.acquire();
      const behind = lock.write.acquire();
      guard.release();
      guard[releaseAgain]();
      assertEquals(lock.write.waiting, 1);
      const next = await writer;
      guard[releaseAgain]();
      assertEquals([guard.held, next.held], [false, true]);
      next.release();
      const reading = lock.read.acquire();
      (await behind).release();
      guard[releaseAgain]();
      assertEquals([(await reading).held, lock.read.locked], [true, true]);
    });
  }
}
