/** Promise: a timeout or signal limits only the wait, never the hold. */

import { assert, assertEquals, assertFalse } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Lock } from "../../lock.ts";
import { drainMicrotasks, settledState } from "../support/promises.ts";

for (const state of ["free", "held"]) {
  Deno.test(`neither abort nor timeout ends the hold of a lock that was ${state}`, async () => {
    using time = new FakeTime();
    const lock = new Lock();
    const controller = new AbortController();
    const before = state === "held" ? await lock.acquire() : undefined;
    const acquired = lock.acquire({ signal: controller.signal, timeout: 10 });
    before?.release();
    const guard = await acquired;
    const next = lock.acquire();

    controller.abort();
    time.tick(100);
    assertEquals(await settledState(next), "pending");
    assert(guard.held);
    guard.release();
    assert((await next).held);
  });

  Deno.test(`neither abort nor timeout ends a run with a lock that was ${state}`, async () => {
    using time = new FakeTime();
    const lock = new Lock();
    const controller = new AbortController();
    const { promise, resolve } = Promise.withResolvers<string>();
    const before = state === "held" ? await lock.acquire() : undefined;
    const options = { signal: controller.signal, timeout: 10 };
    const run = lock.run(() => promise, options);
    before?.release();
    await drainMicrotasks();

    controller.abort();
    time.tick(100);
    assertEquals(await settledState(run), "pending");
    assert(lock.locked);
    resolve("done");
    assertEquals(await run, "done");
    assertFalse(lock.locked);
  });
}
